/**
 * Time: sleeping, intervals, timeouts, instants.
 *
 * @module
 */

import "../runtime/default.ts";

export { type DelayKey, DelayQueue, type Expired } from "./delay-queue.ts";
export { Instant } from "./instant.ts";
export { Interval, type IntervalOptions, interval, type MissedTick } from "./interval.ts";
export { Sleep, type SleepOptions, sleep, sleepUntil } from "./sleep.ts";
export { timeout, timeoutAt } from "./timeout.ts";
