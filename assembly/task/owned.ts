/**
 * The tasks that live on one worker, as a list through their headers: its local tasks, and the
 * portable ones that it has started.
 *
 * Only the worker itself touches its list, until its thread dies: then whoever buries the worker
 * finds there what can never end by itself.
 */
import { WORKER_OWNED } from "../shared/layout";
import * as links from "./links";

export function push(worker: usize, task: usize): void {
  links.push(worker + WORKER_OWNED, task);
}

export function remove(worker: usize, task: usize): void {
  links.remove(worker + WORKER_OWNED, task);
}

/** The first task of the list, or 0. */
export function first(worker: usize): usize {
  return load<usize>(worker, WORKER_OWNED);
}
