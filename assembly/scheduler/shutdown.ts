/**
 * The end of a runtime.
 *
 * Threads leave one by one, and whoever queues something cannot know whether the thread that should
 * find it has had its last look. So home, which leaves last, takes over what nobody else may see.
 *
 * Invariants
 *   E1  Whoever puts something where another thread must find it (injector, blocking queue, inbox)
 *       looks at the mark afterwards, and wakes home if it is set. Who serves the queue itself need
 *       not: it looks there once more before it leaves.
 *   E2  A thread that leaves has nothing in its own queues. It counts as gone first, and then looks
 *       at the mark and wakes home likewise. Whoever buries a thread moves what is in its queues to
 *       those of E1, and then wakes everybody.
 *   E3  Once the mark is set, each turn of home takes over the injector, the blocking queue, and
 *       the inboxes of all workers without a thread. No turn of anybody starts a task any more.
 *   E4  Home turns once more after the last of the other threads has ended.
 *
 * So nothing stays behind. That the mark is set, that a thing is queued, that its addressee leaves:
 * one of the three comes last in the single order of all atomics, and its author wakes home (in
 * `shutdown`, E1, E2). Home's next turn sees all three, and takes the thing over. An addressee that
 * attaches meanwhile takes it itself, or leaves in its turn.
 */

import { runtimeAddress } from "../memory/region";
import * as inbox from "../queue/inbox";
import * as inject from "../queue/inject";
import * as node from "../queue/node";
import { unpark } from "../queue/park";
import * as pinned from "../queue/pinned";
import { blockingQueue, home, injector, isEnding, threads, workerAt } from "../queue/submit";
import { RUNTIME_SHUTDOWN, WORKER_STATE } from "../shared/layout";
import * as word from "../sys/atomic";

/** Sets the mark, SHUTDOWN_*, and wakes every thread, so that it is seen. */
export function shutdown(mark: u32): void {
  word.store(runtimeAddress() + RUNTIME_SHUTDOWN, mark);
  for (let index: u32 = 0; index < threads(); index++) {
    const worker = workerAt(index);
    if (word.load(worker + WORKER_STATE) != 0) unpark(worker);
  }
}

/** In a turn at the end of the runtime: has home take over what may have no other thread. (E3) */
export function takeLeftovers(worker: usize): void {
  if (!isEnding() || worker != home()) return;
  takeAll(injector(), worker);
  takeAll(blockingQueue(), worker);
  for (let index: u32 = 0; index < threads(); index++) {
    const other = workerAt(index);
    if (word.load(other + WORKER_STATE) == 0) inbox.drain(other, worker);
  }
}

function takeAll(queue: usize, worker: usize): void {
  // Ends: each round takes a task off, and the host spawns no more once it sees the mark.
  while (true) {
    const task = inject.popList(queue, 1);
    if (task == 0) return;
    pinned.push(worker, node.make(task, node.TASK));
  }
}
