/**
 * Timers of this worker. Each worker has a wheel of its own, so no lock is taken: a timer fires on
 * the worker that armed it. Deadlines are rounded up to whole milliseconds, so none is early.
 */
import { LEVEL_SIZE, WHEEL_LEVEL_FIRST, WORKER_WHEEL } from "../shared/layout";
import { WHEEL_LEVELS } from "../shared/limits";
import { WAITER_ARMED } from "../shared/verdicts";
import * as waiters from "../sync/waiter";
import { Waiter } from "../sync/waiter";
import { myWorker } from "../sys/self";
import * as wheel from "./wheel";

/** Arms a timer, which fires at once if it is due; null if memory is full. */
export function arm(deadlineMs: f64, target: u32): Waiter | null {
  const timer = waiters.create(target);
  if (timer !== null) start(timer, deadlineMs);
  return timer;
}

/** Arms a timer that its maker has. */
export function start(timer: Waiter, deadlineMs: f64): void {
  timer.deadlineTicks = ticks(deadlineMs);
  adopt(timer);
}

/** Moves a timer, before or after it fired. */
export function reset(timer: Waiter, deadlineMs: f64, target: u32): Waiter | null {
  if (timer.state == WAITER_ARMED) {
    wheel.remove(myWheel(), timer);
    timer.target = target;
    start(timer, deadlineMs);
    return timer;
  }
  waiters.dropUnlinked(timer);
  return arm(deadlineMs, target);
}

/** Arms a timer that has its deadline: it stood in the wheel of a worker that is no more. */
export function adopt(timer: Waiter): void {
  if (!wheel.insert(myWheel(), timer)) waiters.fire(timer);
}

export function drop(timer: Waiter): void {
  disarm(timer);
  waiters.free(timer);
}

export function disarm(timer: Waiter): void {
  wheel.remove(myWheel(), timer);
}

/** Is this waiter in the wheel? A waiter's home tells which list it stands in. */
export function holds(waiter: Waiter): bool {
  return waiter.home - myWheel() < <usize>WHEEL_BYTES;
}

/** Fires everything that is due at `nowMs`. */
export function advance(nowMs: f64): void {
  wheel.turn(myWheel(), <u64>nowMs);
}

/** When to come back, in milliseconds; infinite without timers. */
export function nextDeadline(): f64 {
  const time = wheel.nextTime(myWheel());
  return time == wheel.NEVER ? Infinity : <f64>time;
}

/** The first whole millisecond that is not before `ms`. Beyond all reason is far enough. */
function ticks(ms: f64): u64 {
  const rounded = Math.ceil(ms);
  return rounded > 9e15 ? <u64>9e15 : rounded <= 0 ? 0 : <u64>rounded;
}

const WHEEL_BYTES: usize = WHEEL_LEVEL_FIRST + WHEEL_LEVELS * LEVEL_SIZE;

function myWheel(): usize {
  return myWorker + WORKER_WHEEL;
}
