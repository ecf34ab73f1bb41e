/**
 * The tasks that one Wasm task has spawned and may still join, as a list through their headers.
 *
 * Only the worker that runs the parent touches it.
 */
import { TASK_CHILDREN } from "../shared/layout";
import * as links from "./links";

export function add(parent: usize, child: usize): void {
  links.push(parent + TASK_CHILDREN, child);
}

export function remove(parent: usize, child: usize): void {
  links.remove(parent + TASK_CHILDREN, child);
}

/** The first of a parent's children, or 0; it is no child any more. */
export function pop(parent: usize): usize {
  const child = load<usize>(parent, TASK_CHILDREN);
  if (child != 0) remove(parent, child);
  return child;
}
