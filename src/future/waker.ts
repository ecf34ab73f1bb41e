/**
 * Who polls a future, and how it is told to poll again.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";

/** The answer of a poll that has to be repeated. */
export const PENDING: unique symbol = Symbol("pending");
/** The type of {@linkcode PENDING}. */
export type Pending = typeof PENDING;

/** Who to call when a pending future may make progress. */
export interface Waker {
  /**
   * How the core of `thread` names this waker: a task's address, or a token times two plus one.
   * Mostly that is the waker's own thread; a future made in another runtime brings its own.
   */
  targetOn(thread: Thread): number;
  /**
   * Throws if nothing can happen on `thread` before the next poll. For waits that the core knows
   * nothing of; only who blocks a thread has it.
   */
  checkReach?(thread: Thread): void;
  /** Asks for another poll, on the waker's own thread. May be called twice, or for nothing. */
  wake(): void;
  /** Asks, from within a poll that is going to be pending, for another behind everybody else's. */
  defer(): void;
}
