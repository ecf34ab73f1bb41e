/**
 * Lists of tasks through the links that each header has for whoever owns the task: the worker it
 * lives on, or the Wasm task that spawned it.
 *
 * Only the owner's thread touches its list, so these are plain steps. The head is at `home`.
 */
import { TaskHeader } from "./header";

export function push(home: usize, task: usize): void {
  const header = changetype<TaskHeader>(task);
  const next = load<usize>(home);
  header.ownedNext = next;
  header.ownedPrev = 0;
  if (next != 0) changetype<TaskHeader>(next).ownedPrev = task;
  store<usize>(home, task);
}

export function remove(home: usize, task: usize): void {
  const header = changetype<TaskHeader>(task);
  const next = header.ownedNext;
  const prev = header.ownedPrev;
  if (next != 0) changetype<TaskHeader>(next).ownedPrev = prev;
  if (prev != 0) changetype<TaskHeader>(prev).ownedNext = next;
  else store<usize>(home, next);
}
