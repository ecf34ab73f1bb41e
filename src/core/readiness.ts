/**
 * A socket's readiness, as the thread that watches the socket sees and corrects it.
 *
 * Only that thread touches the word, so plain reads do.
 *
 * @module
 */

import { IO_READINESS } from "../../assembly/shared/layout.ts";
import {
  IO_ERROR,
  IO_SHUTDOWN,
  READ_CLOSED,
  READABLE,
  WRITABLE,
  WRITE_CLOSED,
} from "../../assembly/shared/verdicts.ts";
import type { Thread } from "./thread.ts";

/** All that makes a read return at once. */
export const ENDS_READ = READABLE | READ_CLOSED | IO_ERROR | IO_SHUTDOWN;
/** All that makes a write return at once. */
export const ENDS_WRITE = WRITABLE | WRITE_CLOSED | IO_ERROR | IO_SHUTDOWN;

/** The readiness bits of the socket at `slot`. */
export function readinessOf(thread: Thread, slot: number): number {
  return thread.u32[(slot + IO_READINESS) >> 2] as number;
}

/** After a call that could not be done: `bits` (READABLE, WRITABLE or both) do not hold. */
export function clearReadiness(thread: Thread, slot: number, bits: number): void {
  const readiness = readinessOf(thread, slot);
  thread.u32[(slot + IO_READINESS) >> 2] = readiness & ~bits;
}
