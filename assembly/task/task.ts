/** Tasks as slots of the slab: birth, death, and the ids that outlive them. */

import * as heap from "../memory/heap";
import { runtimeAddress } from "../memory/region";
import * as slab from "../memory/slab";
import {
  RUNTIME_ID_BLOCKS,
  RUNTIME_TASK_SLAB,
  TASK_GENERATION,
  TASK_SIZE,
  WORKER_ENDED,
  WORKER_FREE_TASKS,
  WORKER_ID,
  WORKER_IDS_LEFT,
  WORKER_SPAWNED,
} from "../shared/layout";
import { TASK_ID_BLOCK } from "../shared/limits";
import * as word from "../sys/atomic";
import { bump } from "../sys/counter";
import { myWorker } from "../sys/self";
import { NOBODY, TaskHeader } from "./header";

/** A task that nobody runs yet, or 0 if memory is full. */
export function create(kind: u32): usize {
  const shared = runtimeAddress() + RUNTIME_TASK_SLAB;
  const task = slab.allocate(myWorker + WORKER_FREE_TASKS, shared, TASK_SIZE, TASK_GENERATION);
  if (task == 0) return 0;
  const header = changetype<TaskHeader>(task);
  header.kind = <u8>kind;
  header.owner = NOBODY;
  header.id = nextId();
  bump(WORKER_SPAWNED, 1);
  return task;
}

/** Ids count up from 1. Each worker takes a block of them, so that few are contended for. */
function nextId(): f64 {
  const left = load<u32>(myWorker, WORKER_IDS_LEFT);
  if (left > 0) {
    store<u32>(myWorker, left - 1, WORKER_IDS_LEFT);
    const id = load<f64>(myWorker, WORKER_ID) + 1;
    store<f64>(myWorker, id, WORKER_ID);
    return id;
  }
  const block = word.add(runtimeAddress() + RUNTIME_ID_BLOCKS, 1);
  const id = <f64>block * TASK_ID_BLOCK + 1;
  store<f64>(myWorker, id, WORKER_ID);
  store<u32>(myWorker, TASK_ID_BLOCK - 1, WORKER_IDS_LEFT);
  return id;
}

/** Says that a task has ended: it counts as alive no more, though others may still look at it. */
export function end(): void {
  bump(WORKER_ENDED, 1);
}

/** Frees an ended task and whatever output nobody took. */
export function free(task: usize): void {
  const header = changetype<TaskHeader>(task);
  if (header.payload != 0) heap.release(header.payload);
  const shared = runtimeAddress() + RUNTIME_TASK_SLAB;
  slab.free(myWorker + WORKER_FREE_TASKS, shared, task, TASK_GENERATION);
}

/** Does `task` still stand for the task that had `generation`? */
export function isCurrent(task: usize, generation: u32): bool {
  // A plain read of a slot that never changes type: it can only be too new, which is the answer.
  return changetype<TaskHeader>(task).generation == generation;
}
