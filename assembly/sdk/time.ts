/** Time, on the clock of the runtime: milliseconds since it began, whatever the day. */
import * as core from "./tokiwa";

/** The moment that it is. */
export function now(): f64 {
  return core.guestNow();
}

/** Waits for so many milliseconds, to the next whole one. */
export function sleep(durationMs: f64): void {
  sleepUntil(now() + durationMs);
}

/** Waits until a moment of `now()`. One that has passed still lets others run. */
export function sleepUntil(deadlineMs: f64): void {
  if (!core.guestSleepUntil(deadlineMs)) throw new Error("Cannot sleep: the memory is full");
}
