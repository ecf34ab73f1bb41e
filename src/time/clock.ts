/**
 * Stopping and moving the clock, for tests that do not want to wait.
 *
 * @module
 */

import { RUNTIME_WORKERS } from "../../assembly/shared/layout.ts";
import type { Thread } from "../core/thread.ts";
import { checkBoolean, checkNumber, checkOptions, optionNames } from "../error/check.ts";
import type { Future } from "../future/future.ts";
import { yieldNow } from "../task/yield-now.ts";
import { FAR_FUTURE_MS } from "./duration.ts";
import { timedThread } from "./sleep.ts";

/** How to pause the clock. */
export interface PauseOptions {
  /**
   * Has the clock jump to the next timer whenever there is nothing else to do. True. If false, it
   * moves by {@linkcode advance} alone.
   */
  readonly autoAdvance?: boolean;
}

const OPTION_NAMES = optionNames<PauseOptions>({ autoAdvance: 0 });

/**
 * Stops the clock of the running code's runtime, at the next whole millisecond: `Instant.now()`
 * then always says the same, and sleeps of whole milliseconds last exactly as long as they should.
 *
 * As soon as there is nothing to run, the clock jumps to the next timer. Before each jump, sockets
 * and the event loop are looked at once: what they bring by then comes first. A promise of
 * somebody else's, or a peer, that takes longer finds that its `timeout` is over. While a job of
 * `spawnBlocking` waits or runs, the clock does not jump; the job itself has the time of the world.
 *
 * @throws {Error} If the clock is paused already, the runtime has worker threads, or this is one of
 *   its blocking jobs.
 */
export function pause(options?: PauseOptions): void {
  const action = "pause clock";
  const thread = timedThread(action);
  const { autoAdvance = true } = checkOptions(action, options, OPTION_NAMES);
  checkBoolean(action, "autoAdvance", autoAdvance);
  refuseThreads(thread);
  if (thread.clock.isPaused) throw new Error("Cannot pause clock: it is paused already");
  thread.clock.pause(autoAdvance);
  thread.driver.retime();
}

/**
 * Has the clock go on, from the time that it shows.
 *
 * @throws {Error} If it is not paused.
 */
export function resume(): void {
  const thread = pausedThread("resume clock");
  thread.clock.resume();
  thread.driver.retime();
}

/**
 * Moves the clock forward at once. The future then lets others run once: all timers whose time has
 * come fire, in the order of their deadlines, and find the new time.
 *
 * **Cancel safety.** The clock has moved, whether or not the future is waited for.
 *
 * @param ms How far, 0 or more. Timers tick in whole milliseconds.
 * @throws {Error} If the clock is not paused.
 * @throws {RangeError} If `ms` is negative, not a number or beyond 30 years.
 */
export function advance(ms: number): Future<void> {
  const action = "advance clock";
  const thread = pausedThread(action);
  thread.clock.advance(checkNumber(action, "ms", ms, 0, FAR_FUTURE_MS));
  thread.driver.kick();
  return yieldNow();
}

function pausedThread(action: string): Thread {
  const thread = timedThread(action);
  if (thread.clock.isPaused) return thread;
  throw new Error(`Cannot ${action}: it is not paused`);
}

/** Threads have clocks of their own, of which only that of a runtime without workers can stop. */
function refuseThreads(thread: Thread): void {
  if (thread.u32[(thread.runtime + RUNTIME_WORKERS) >> 2] !== 0) {
    throw new Error(
      "Cannot pause clock: the runtime has worker threads, " +
        'make one with the flavor "currentThread"',
    );
  }
  if (thread.index === 0) return; // Home: it comes after the last of the workers.
  throw new Error("Cannot pause clock: a blocking job has the time of the world");
}
