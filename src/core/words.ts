/**
 * The few contended words that the host touches itself.
 *
 * @module
 */

import { RUNTIME_BLOCKING_WANTED, TASK_STATE, WORKER_STATE } from "../../assembly/shared/layout.ts";
import { STATE_CANCELLED } from "../../assembly/shared/verdicts.ts";
import type { Thread } from "./thread.ts";

/** How many blocking jobs found no idle thread since this was last asked. */
export function takeBlockingWanted(thread: Thread): number {
  const word = (thread.runtime + RUNTIME_BLOCKING_WANTED) >> 2;
  // A plain look first: this is asked after every turn.
  if (thread.u32[word] === 0) return 0;
  return Atomics.exchange(thread.u32, word, 0);
}

/** Is a live thread attached to this worker struct? */
export function isAttached(thread: Thread, worker: number): boolean {
  return Atomics.load(thread.u32, (worker + WORKER_STATE) >> 2) !== 0;
}

/** Has anybody, on whatever thread, told a task of this thread to end? 0 is one that has ended. */
export function isCancelled(thread: Thread, task: number): boolean {
  if (task === 0) return false;
  return (Atomics.load(thread.u32, (task + TASK_STATE) >> 2) & STATE_CANCELLED) !== 0;
}

/**
 * Adds to a counter that never goes below zero: what a lost worker's successor did not count up it
 * cannot count down either.
 */
export function addClamped(thread: Thread, address: number, delta: number): void {
  const word = address >> 2;
  for (;;) {
    const seen = Atomics.load(thread.u32, word);
    const next = Math.max(0, seen + delta);
    // Ends: another thread's success is the only reason to go round.
    if (Atomics.compareExchange(thread.u32, word, seen, next) === seen) return;
  }
}
