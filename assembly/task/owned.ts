/**
 * The tasks that live on one worker, as a list through their headers: its local tasks, and the
 * portable ones that it has started.
 *
 * Only the worker itself touches its list, until its thread dies: then whoever buries the worker
 * finds there what can never end by itself.
 */
import { WORKER_OWNED } from "../shared/layout";
import { TaskHeader } from "./header";

export function push(worker: usize, task: usize): void {
  const header = changetype<TaskHeader>(task);
  const next = load<usize>(worker, WORKER_OWNED);
  header.ownedNext = next;
  header.ownedPrev = 0;
  if (next != 0) changetype<TaskHeader>(next).ownedPrev = task;
  store<usize>(worker, task, WORKER_OWNED);
}

export function remove(worker: usize, task: usize): void {
  const header = changetype<TaskHeader>(task);
  const next = header.ownedNext;
  const prev = header.ownedPrev;
  if (next != 0) changetype<TaskHeader>(next).ownedPrev = prev;
  if (prev != 0) changetype<TaskHeader>(prev).ownedNext = next;
  else store<usize>(worker, next, WORKER_OWNED);
}

/** The first task of the list, or 0. */
export function first(worker: usize): usize {
  return load<usize>(worker, WORKER_OWNED);
}
