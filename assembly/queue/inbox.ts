/**
 * What other threads send to a worker: a stack of nodes that anyone pushes and the owner empties.
 *
 * Invariants
 *   B1  A node is in at most one list at a time; its link belongs to that list.
 *   B2  Whoever pushes onto the empty stack wakes the owner; later pushers need not.
 *   B3  A node that has left the inbox is in one of two lists of the worker's until it is pinned,
 *       where a burial finds it.
 */
import { WORKER_INBOX, WORKER_OLDEST, WORKER_TAKEN } from "../shared/layout";
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
  store<usize>(worker, newest, WORKER_TAKEN); // B3
  let node = newest;
  let oldest: Node = 0;
  let count: u32 = 0;
  // Ends with the list: once taken, nobody adds to it. Other threads have written the nodes, so the
  // first look at each is slow: there is only one round.
  while (node != 0) {
    const following = next(node);
    setNext(node, oldest);
    store<usize>(worker, node, WORKER_OLDEST);
    store<usize>(worker, following, WORKER_TAKEN);
    oldest = node;
    node = following;
    count += 1;
  }
  pinned.append(taker, oldest, newest, count);
  store<usize>(worker, 0, WORKER_OLDEST);
}

/** The rest of a `drain` in which the worker died. (B3) */
export function finishDrain(worker: usize): void {
  let oldest: Node = load<usize>(worker, WORKER_OLDEST);
  // Both loops end with the list.
  for (let node: Node = load<usize>(worker, WORKER_TAKEN); node != 0; ) {
    const following = next(node);
    setNext(node, oldest);
    oldest = node;
    node = following;
  }
  while (oldest != 0) {
    const following = next(oldest);
    pinned.push(worker, oldest);
    oldest = following;
  }
  store<usize>(worker, 0, WORKER_TAKEN);
  store<usize>(worker, 0, WORKER_OLDEST);
}

export function isEmpty(worker: usize): bool {
  return word.load(worker + WORKER_INBOX) == 0;
}
