/**
 * The tasks that one Wasm task has spawned and may still join, as a list through their headers.
 *
 * Only the worker that runs the parent touches it.
 */
import { TASK_CHILDREN } from "../shared/layout";
import { TaskHeader } from "./header";

export function add(parent: usize, child: usize): void {
  const header = changetype<TaskHeader>(child);
  const next = load<usize>(parent, TASK_CHILDREN);
  header.ownedNext = next;
  header.ownedPrev = 0;
  if (next != 0) changetype<TaskHeader>(next).ownedPrev = child;
  store<usize>(parent, child, TASK_CHILDREN);
}

export function remove(parent: usize, child: usize): void {
  const header = changetype<TaskHeader>(child);
  const next = header.ownedNext;
  const prev = header.ownedPrev;
  if (next != 0) changetype<TaskHeader>(next).ownedPrev = prev;
  if (prev != 0) changetype<TaskHeader>(prev).ownedNext = next;
  else store<usize>(parent, next, TASK_CHILDREN);
}

/** The first of a parent's children, or 0; it is no child any more. */
export function pop(parent: usize): usize {
  const child = load<usize>(parent, TASK_CHILDREN);
  if (child != 0) remove(parent, child);
  return child;
}
