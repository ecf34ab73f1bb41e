/**
 * What only this worker can run, because it lives in its JavaScript: first in, first out, through
 * the nodes themselves. Only the owner touches it. The deferred list beside it is for those who
 * yielded: they come back after the drivers have been looked at, the latest first.
 */
import {
  WORKER_DEFERRED,
  WORKER_PINNED_COUNT,
  WORKER_PINNED_HEAD,
  WORKER_PINNED_TAIL,
} from "../shared/layout";
import { Node, next, setNext } from "./node";

export function push(worker: usize, node: Node): void {
  setNext(node, 0);
  append(worker, node, node, 1);
}

/** Takes over a list of nodes, from `first` to `last`. */
export function append(worker: usize, first: Node, last: Node, count: u32): void {
  const tail = load<usize>(worker, WORKER_PINNED_TAIL);
  if (tail == 0) store<usize>(worker, first, WORKER_PINNED_HEAD);
  else setNext(tail, first);
  store<usize>(worker, last, WORKER_PINNED_TAIL);
  store<u32>(worker, load<u32>(worker, WORKER_PINNED_COUNT) + count, WORKER_PINNED_COUNT);
}

/** The oldest node, or 0. */
export function pop(worker: usize): Node {
  const head = load<usize>(worker, WORKER_PINNED_HEAD);
  if (head == 0) return 0;
  const following = next(head);
  store<usize>(worker, following, WORKER_PINNED_HEAD);
  if (following == 0) store<usize>(worker, 0, WORKER_PINNED_TAIL);
  store<u32>(worker, load<u32>(worker, WORKER_PINNED_COUNT) - 1, WORKER_PINNED_COUNT);
  return head;
}

export function isEmpty(worker: usize): bool {
  return load<usize>(worker, WORKER_PINNED_HEAD) == 0;
}

export function defer(worker: usize, node: Node): void {
  setNext(node, load<usize>(worker, WORKER_DEFERRED));
  store<usize>(worker, node, WORKER_DEFERRED);
}

export function hasDeferred(worker: usize): bool {
  return load<usize>(worker, WORKER_DEFERRED) != 0;
}

/** Queues everyone who was deferred. */
export function wakeDeferred(worker: usize): void {
  let node = load<usize>(worker, WORKER_DEFERRED);
  // Ends with the list: nothing is deferred meanwhile, as only this thread defers.
  while (node != 0) {
    const following = next(node);
    push(worker, node);
    store<usize>(worker, following, WORKER_DEFERRED); // At any moment each is in one of the lists.
    node = following;
  }
}
