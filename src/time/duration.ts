/**
 * How long to wait, as a number of milliseconds.
 *
 * @module
 */

import { outOfRange } from "../error/check.ts";

/** About 30 years: what no one waits for, and still far from where numbers lose milliseconds. */
export const FAR_FUTURE_MS = 30 * 365 * 86_400_000;

/**
 * A delay that can be added to the time: at least 0, and at most about 30 years.
 *
 * @param action What to call the caller in errors, such as `sleep`.
 * @throws {RangeError} If `ms` is not a number.
 */
export function delayMs(ms: number, action: string): number {
  if (ms >= 0 && typeof ms === "number") return Math.min(ms, FAR_FUTURE_MS);
  if (ms < 0 && typeof ms === "number") return 0;
  throw outOfRange(action, "ms", "a number", ms);
}
