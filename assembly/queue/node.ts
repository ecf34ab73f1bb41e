/**
 * Nodes: whatever can stand in a worker's list of things that its own thread must see to.
 *
 * A node is an address with its kind in the low bits; addresses are multiples of eight. The link
 * to the next node stands at the same place in every kind.
 *
 * A task has two nodes. One that ends may still be queued on its owner, as an abort came just
 * before: so the news of its end has a node, and a link, of its own.
 */
import {
  DROP_NEXT,
  NODE_NEXT,
  STAKE_NEXT,
  TASK_JOIN_NEXT,
  TASK_NEXT,
  WAITER_NEXT,
} from "../shared/layout";

export type Node = usize;

if (TASK_NEXT != NODE_NEXT) ERROR("a task's link is not where a node's is");
if (WAITER_NEXT != NODE_NEXT) ERROR("a waiter's link is not where a node's is");
if (DROP_NEXT != NODE_NEXT) ERROR("a request's link is not where a node's is");
if (STAKE_NEXT != NODE_NEXT) ERROR("a stake's link is not where a node's is");

/** Where in a task its second node stands: so that the node's link is the field of that name. */
const JOIN_NODE: usize = TASK_JOIN_NEXT - NODE_NEXT;

const KIND_MASK: usize = 7;
/** A task to poll, with NOTIFIED set and a reference of the list's own. */
export const TASK: usize = 0;
/** A waiter whose continuation is to be called. */
export const WAITER: usize = 1;
/** A task that has ended, for the worker that joins it. The list owns the joiner's reference. */
export const JOIN: usize = 2;
/** A stake whose wait has ended, and whose continuation is to be called. */
export const STAKE: usize = 3;

/** A request of another worker to give up a waiter of this one. The list owns its block. */
export const DROP: usize = 4;
/** The sender of the answer to a call. Only home is sent one, and home is never buried. */
export const CALL: usize = 5;

export function make(address: usize, kind: usize): Node {
  assert((address & KIND_MASK) == 0);
  return address | kind;
}

/** The JOIN node of a task. */
export function joinOf(task: usize): Node {
  return make(task + JOIN_NODE, JOIN);
}

/** The task that a JOIN node tells of. */
export function joinedTask(node: Node): usize {
  return addressOf(node) - JOIN_NODE;
}

export function kindOf(node: Node): usize {
  return node & KIND_MASK;
}

export function addressOf(node: Node): usize {
  return node & ~KIND_MASK;
}

export function next(node: Node): Node {
  return load<usize>(addressOf(node), NODE_NEXT);
}

export function setNext(node: Node, following: Node): void {
  store<usize>(addressOf(node), following, NODE_NEXT);
}
