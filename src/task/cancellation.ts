/**
 * How the end of a task that was told to end is known from a failure.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import { CancelledError } from "../error/cancelled.ts";
import { ClosedError } from "../error/closed.ts";

/**
 * Is this how a task ends that was told to? In a runtime that shuts down, waits that begin are
 * refused with `ClosedError`.
 */
export function isCancellation(thread: Thread, reason: unknown): boolean {
  return reason instanceof CancelledError || (reason instanceof ClosedError && thread.isShutDown);
}
