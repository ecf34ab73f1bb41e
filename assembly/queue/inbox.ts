/**
 * What other threads send to a worker: a stack of nodes that anyone pushes and the owner empties.
 *
 * Invariants
 *   B1  A node is in at most one list at a time; its link belongs to that list.
 *   B2  Whoever pushes onto the empty stack wakes the owner; later pushers need not.
 */
import { WORKER_INBOX } from "../shared/layout";
import * as word from "../sys/atomic";
import { Node, next, setNext } from "./node";
import { unpark } from "./park";
import * as pinned from "./pinned";

/**
 * Sends a node to a worker, from any thread.
 *
 * Needs: release on success, paired with the owner's exchange in `drain`.
 */
export function send(worker: usize, node: Node): void {
  if (push(worker, node)) unpark(worker);
}

/** As `send`, but true if the caller has to wake the owner. (B2) */
export function push(worker: usize, node: Node): bool {
  const address = worker + WORKER_INBOX;
  let seen = word.load(address);
  while (true) {
    setNext(node, seen);
    const found = word.compareExchange(address, seen, <u32>node);
    if (found == seen) return seen == 0;
    seen = found;
  }
}

/**
 * Moves everything that was sent to a worker to the end of a pinned list, the oldest first. The
 * list is the worker's own, or that of whoever takes over from it.
 *
 * Needs: acquire, to see what the senders wrote before `send`.
 */
export function drain(worker: usize, taker: usize): void {
  const address = worker + WORKER_INBOX;
  if (word.load(address) == 0) return;
  const newest: Node = word.exchange(address, 0);
  let node = newest;
  let oldest: Node = 0;
  let count: u32 = 0;
  // Ends with the list: once taken, nobody adds to it. Other threads have written the nodes, so the
  // first look at each is slow: there is only one round.
  while (node != 0) {
    const following = next(node);
    setNext(node, oldest);
    oldest = node;
    node = following;
    count += 1;
  }
  pinned.append(taker, oldest, newest, count);
}

export function isEmpty(worker: usize): bool {
  return word.load(worker + WORKER_INBOX) == 0;
}
