/**
 * The tasks that one Wasm task has spawned and may still join, as a list through their headers.
 *
 * Only the worker that runs the parent touches it. A child that is in no list any more comes before
 * itself: so is known who is still whose.
 */
import { TASK_CHILDREN } from "../shared/layout";
import { NOBODY, TaskHeader } from "./header";
import * as links from "./links";

export function add(parent: usize, child: usize): void {
  links.push(parent + TASK_CHILDREN, child);
}

export function remove(parent: usize, child: usize): void {
  links.remove(parent + TASK_CHILDREN, child);
  changetype<TaskHeader>(child).ownedPrev = child;
}

/** Is a task, of which nothing is known, a child of the running one? */
export function has(parent: usize, task: usize): bool {
  const header = changetype<TaskHeader>(task);
  // Plain reads of a slot that never changes type: what is another's is never the parent's.
  const isOwn = header.joinOwner == NOBODY && header.joinToken == <u32>parent;
  return isOwn && header.ownedPrev != task;
}

/** The first of a parent's children, or 0. */
export function first(parent: usize): usize {
  return load<usize>(parent, TASK_CHILDREN);
}
