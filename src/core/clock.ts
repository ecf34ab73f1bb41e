/**
 * The clock of a thread, which tests can stop and move.
 *
 * @module
 */

export class Clock {
  /** Milliseconds since the runtime was made, by a clock that may be paused. */
  readonly now: () => number;
  /** The same by the clock that never stops. */
  readonly #real: () => number;
  /** How far this clock is ahead of the one that never stops, once it has been paused. */
  #shiftMs = 0;
  /** Where it stands; undefined while it runs. */
  #pausedAt: number | undefined;
  #autoAdvances = false;

  constructor(real: () => number) {
    this.#real = real;
    this.now = () => this.#pausedAt ?? real() + this.#shiftMs;
  }

  get isPaused(): boolean {
    return this.#pausedAt !== undefined;
  }

  /**
   * Stops the clock at the next whole millisecond. Everything that is planned from there on in
   * whole milliseconds then comes at the very time: timers tick in whole ones.
   */
  pause(autoAdvances: boolean): void {
    this.#pausedAt = Math.ceil(this.now());
    this.#autoAdvances = autoAdvances;
  }

  /** Has the clock go on from where it stands. */
  resume(): void {
    this.#shiftMs = this.now() - this.#real();
    this.#pausedAt = undefined;
  }

  /** Moves the clock, which is paused. */
  advance(ms: number): void {
    this.#pausedAt = this.now() + ms;
  }

  /** Moves the clock to a timer's deadline, if it moves by itself and there is a timer. */
  tryJumpTo(deadlineMs: number): boolean {
    if (!this.#autoAdvances || deadlineMs === Infinity) return false;
    this.#pausedAt = Math.max(this.now(), deadlineMs);
    return true;
  }
}
