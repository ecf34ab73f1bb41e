/** Something that happens again and again. */
import { consumeBudget } from "./task";
import { now, sleepUntil } from "./time";

/** What to do about ticks that nobody waited for in time. */
export enum MissedTickBehavior {
  /** Deliver them all, one after the other, then go on as planned. */
  Burst,
  /** The next tick comes one period after the late one. */
  Delay,
  /** Leave them out: the next tick comes where the plan has one. */
  Skip,
}

/** A tick counts as missed if it is later than this. Tokio's figure. */
const LATE_MS: f64 = 5;

/** An interval whose first tick comes now, and then one every `periodMs` milliseconds. */
export function interval(periodMs: f64): Interval {
  return new Interval(now(), periodMs);
}

/** An interval whose first tick comes at a moment of `now()`. */
export function intervalAt(startMs: f64, periodMs: f64): Interval {
  return new Interval(startMs, periodMs);
}

/**
 * Ticks at a regular distance. Nothing happens between them: who is late finds the tick ready, and
 * what then follows is `missedTickBehavior`. Traps unless the period is more than 0.
 */
@final
export class Interval {
  /** May be changed at any time. */
  missedTickBehavior: MissedTickBehavior = MissedTickBehavior.Burst;

  constructor(
    private dueMs: f64,
    private periodMs: f64,
  ) {
    if (!(periodMs > 0)) throw new RangeError("Cannot make interval: the period must be over 0 ms");
  }

  /** The distance between ticks, in milliseconds. */
  get period(): f64 {
    return this.periodMs;
  }

  /** When the next tick is due, to the fraction of a millisecond. */
  get due(): f64 {
    return this.dueMs;
  }

  /**
   * Waits for the next tick, and gives the moment for which it was planned.
   *
   * **Cancel safety.** Nothing is lost: a tick that was not delivered is there for the next call.
   */
  tick(): f64 {
    const due = this.dueMs;
    if (now() < due) sleepUntil(due);
    else consumeBudget();
    this.dueMs = this.nextAfter(due);
    return due;
  }

  /** Plans the next tick for one period from now. */
  reset(): void {
    this.resetAfter(this.periodMs);
  }

  /** Plans the next tick for now. */
  resetImmediately(): void {
    this.resetAfter(0);
  }

  /** Plans the next tick for so many milliseconds from now. */
  resetAfter(durationMs: f64): void {
    this.resetAt(now() + durationMs);
  }

  /** Plans the next tick for a moment of `now()`. */
  resetAt(deadlineMs: f64): void {
    this.dueMs = deadlineMs;
  }

  private nextAfter(due: f64): f64 {
    const time = now();
    const period = this.periodMs;
    const isMissed = time > due + LATE_MS;
    if (!isMissed || this.missedTickBehavior == MissedTickBehavior.Burst) return due + period;
    if (this.missedTickBehavior == MissedTickBehavior.Delay) return time + period;
    return due + (Math.floor((time - due) / period) + 1) * period;
  }
}
