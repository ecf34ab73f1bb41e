/**
 * Descriptors that outlived the thread that had opened them.
 *
 * @module
 */

import { WORKER_IO_DEREGISTERED, WORKER_POLL_FD } from "../../assembly/shared/layout.ts";
import type { Thread } from "../core/thread.ts";
import { closeDescriptor } from "./reactor.ts";

/**
 * Closes what the lost worker `index` had open: its sockets and its reactor. Its event descriptor
 * stays, for its successor: somebody may be about to write to it.
 */
export function closeOrphans(thread: Thread, index: number, worker: number): void {
  for (;;) {
    const fd = thread.core.takeOrphanSocket(index);
    if (fd < 0) break;
    closeDescriptor(fd);
    thread.count(WORKER_IO_DEREGISTERED, 1);
  }
  const word = (worker + WORKER_POLL_FD) >> 2;
  const fd = thread.i32[word] as number;
  if (fd >= 0) closeDescriptor(fd);
  thread.i32[word] = -1;
}
