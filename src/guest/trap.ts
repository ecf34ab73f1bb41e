/**
 * Traps of guests: they end the task that ran into one, and nobody else.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import { CoreFault } from "../error/core-fault.ts";
import { encodePanic } from "../task/codec.ts";
import { nameLines } from "./lines.ts";

/** Ends the task of which `core.turn` has thrown. False if it was the core that failed. */
export function endTrapped(thread: Thread, error: unknown): boolean {
  if (error instanceof CoreFault) return false;
  const task = thread.core.trappedTask();
  if (task === 0) return false;
  nameLines(thread, task, error);
  const { kind, block, size, number } = encodePanic(error, thread);
  thread.core.endTrapped(task, kind, block, size, number);
  return true;
}
