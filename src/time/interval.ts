/**
 * Something that happens again and again.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import { checkOptions, checkWord, optionNames, outOfRange } from "../error/check.ts";
import { Future, PENDING, type Pending, type Waker } from "../future/future.ts";
import { delayMs, FAR_FUTURE_MS } from "./duration.ts";
import { type Instant, instantOf, msOn } from "./instant.ts";
import { Sleep, timedThread } from "./sleep.ts";

/**
 * What to do about ticks that nobody waited for in time.
 *
 * - `burst`: deliver them all, one after the other, then go on as planned.
 * - `delay`: the next tick comes one period after the late one.
 * - `skip`: leave them out; the next tick comes where the plan has one.
 */
export type MissedTick = "burst" | "delay" | "skip";

/** How an interval begins, and what it does when it is late. */
export interface IntervalOptions {
  /** When the first tick is due. Now, if left out. */
  readonly startAt?: Instant | undefined;
  /** `burst` if left out. */
  readonly missedTick?: MissedTick | undefined;
}

/** A tick counts as missed if it is later than this. Tokio's figure. */
const LATE_MS = 5;
const ACTION = "make interval";
const OPTION_NAMES = optionNames<IntervalOptions>({ startAt: 0, missedTick: 0 });

/**
 * Makes an interval: one tick now, or at `startAt`, and then one every `periodMs` milliseconds.
 *
 * @param periodMs More than 0. A fraction is kept, so that the ticks do not drift.
 * @throws {RangeError} If `periodMs` is not more than 0, or `missedTick` is not one of the three.
 */
export function interval(periodMs: number, options: IntervalOptions = {}): Interval {
  const thread = timedThread(ACTION);
  if (!(periodMs > 0)) throw outOfRange(ACTION, "the period", "more than 0 ms", periodMs);
  const { startAt, missedTick = "burst" } = checkOptions(ACTION, options, OPTION_NAMES);
  const startMs = startAt === undefined ? thread.now() : msOn(thread, startAt, ACTION);
  return new Interval(thread, delayMs(periodMs, ACTION), startMs, missedTick);
}

/**
 * Ticks at a regular distance, made by {@linkcode interval}.
 *
 * Nothing happens between ticks: who is late finds the tick ready, and what then follows is
 * {@linkcode missedTick}. One caller at a time may wait.
 *
 * @example Three ticks, with their delays in milliseconds
 * ```ts
 * const ticks: number[] = [];
 * for await (const due of interval(5)) {
 *   ticks.push(due.elapsed());
 *   if (ticks.length === 3) break;
 * }
 * console.log(ticks.length); // 3
 * ```
 */
export class Interval implements Disposable, AsyncIterable<Instant> {
  readonly #thread: Thread;
  readonly #periodMs: number;
  /** When the next tick is due, to the fraction of a millisecond: ticks do not drift. */
  #dueMs: number;
  readonly #sleep: Sleep;
  #missedTick: MissedTick;

  /** For {@linkcode interval}. */
  constructor(thread: Thread, periodMs: number, startMs: number, missedTick: MissedTick) {
    this.#thread = thread;
    this.#periodMs = periodMs;
    this.#dueMs = startMs;
    this.#sleep = new Sleep(thread, startMs);
    this.#missedTick = checkMissedTick(missedTick);
  }

  /** The distance between ticks, in milliseconds. */
  get period(): number {
    return this.#periodMs;
  }

  /** What happens when a tick is more than 5 ms late. May be changed at any time. */
  get missedTick(): MissedTick {
    return this.#missedTick;
  }
  set missedTick(missedTick: MissedTick) {
    this.#missedTick = checkMissedTick(missedTick);
  }

  /**
   * Waits for the next tick, and gives the time for which it was planned.
   *
   * **Cancel safety.** Nothing is lost: a tick that was not delivered is there for the next call.
   */
  tick(): Future<Instant> {
    return new Tick(this);
  }

  /** Plans the next tick for one period from now. */
  reset(): void {
    this.resetAfter(this.#periodMs);
  }

  /** Plans the next tick for now. */
  resetImmediately(): void {
    this.resetAfter(0);
  }

  /** Plans the next tick for `ms` milliseconds from now. */
  resetAfter(ms: number): void {
    this.#plan(this.#thread.now() + delayMs(ms, "reset interval"));
  }

  /** Plans the next tick for `deadline`. */
  resetAt(deadline: Instant): void {
    this.#plan(msOn(this.#thread, deadline, "reset interval"));
  }

  /** For {@linkcode Tick}: the tick's time if it is due, and plans the next. */
  pollTick(waker: Waker): Instant | Pending {
    if (this.#sleep.poll(waker) === PENDING) return PENDING;
    const due = this.#dueMs;
    this.#plan(this.#nextAfter(due));
    return instantOf(this.#thread, due);
  }

  /**
   * Delivers every tick, until the loop is left.
   *
   * **Cancel safety.** Nothing is lost when a task that loops is aborted. A `next()` that is given
   * up takes its tick all the same, and it is lost: use {@linkcode tick} there.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Instant, never, void> {
    for (;;) yield await this.tick();
  }

  /** Stops the timer of the tick that is waited for. Ticks can be asked for again. */
  [Symbol.dispose](): void {
    this.#sleep[Symbol.dispose]();
  }

  #plan(dueMs: number): void {
    this.#dueMs = dueMs;
    this.#sleep.resetMs(dueMs);
  }

  #nextAfter(due: number): number {
    const now = this.#thread.now();
    const period = this.#periodMs;
    const missed = now > due + LATE_MS;
    if (!missed || this.#missedTick === "burst") return Math.min(due + period, now + FAR_FUTURE_MS);
    if (this.#missedTick === "delay") return now + period;
    return due + (Math.floor((now - due) / period) + 1) * period;
  }
}

/** One wait for one tick. */
class Tick extends Future<Instant> {
  /** Undefined once this wait has ended: the timer then belongs to the next one. */
  #interval: Interval | undefined;

  constructor(from: Interval) {
    super();
    this.#interval = from;
  }

  poll(waker: Waker): Instant | Pending {
    if (this.#interval === undefined) throw new Error("Cannot wait for tick: it has come already");
    const due = this.#interval.pollTick(waker);
    if (due !== PENDING) this.#interval = undefined;
    return due;
  }

  [Symbol.dispose](): void {
    this.#interval?.[Symbol.dispose]();
    this.#interval = undefined;
  }
}

function checkMissedTick(missedTick: MissedTick): MissedTick {
  return checkWord(ACTION, "missedTick", missedTick, ["burst", "delay", "skip"]);
}
