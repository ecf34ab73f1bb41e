/**
 * Where a task goes when it becomes ready, and who is woken for it.
 */

import { runtimeAddress } from "../memory/region";
import {
  RUNTIME_BLOCKING,
  RUNTIME_BLOCKING_IDLE,
  RUNTIME_BLOCKING_WANTED,
  RUNTIME_FIRST_WORKER,
  RUNTIME_FLAG_NO_LIFO,
  RUNTIME_FLAGS,
  RUNTIME_IDLE,
  RUNTIME_INJECTOR,
  RUNTIME_SHUTDOWN,
  RUNTIME_THREADS,
  RUNTIME_WORKERS,
  TASK_NEXT,
  WORKER_HAND,
  WORKER_INDEX,
  WORKER_KIND,
  WORKER_LATENCY_HISTOGRAM,
  WORKER_LIFO,
  WORKER_LIFO_POLLS,
  WORKER_LOCAL_SCHEDULES,
  WORKER_OVERFLOW_COUNT,
  WORKER_REMOTE_SCHEDULES,
  WORKER_SEARCHING,
  WORKER_SIZE,
} from "../shared/layout";
import { LIFO_POLLS_PER_TICK } from "../shared/limits";
import { KIND_LOCAL, KIND_PINNED, KIND_WASM, THREAD_HOME, THREAD_WORKER } from "../shared/verdicts";
import * as word from "../sys/atomic";
import { bump } from "../sys/counter";
import { now } from "../sys/host";
import { myWorker } from "../sys/self";
import { TaskHeader } from "../task/header";
import * as state from "../task/state";
import * as tasks from "../task/task";
import * as idle from "./idle";
import * as inbox from "./inbox";
import * as inject from "./inject";
import * as local from "./local";
import * as node from "./node";
import { unpark } from "./park";
import * as pinned from "./pinned";

export function workerAt(index: u32): usize {
  return load<u32>(runtimeAddress(), RUNTIME_FIRST_WORKER) + index * WORKER_SIZE;
}

/** The thread that made the runtime, and that leaves it last. */
export function home(): usize {
  return workerAt(load<u32>(runtimeAddress(), RUNTIME_WORKERS));
}

/** The worker whose struct `address` lies in. */
export function workerOf(address: usize): usize {
  const first = load<u32>(runtimeAddress(), RUNTIME_FIRST_WORKER);
  return first + (<u32>(address - first) / WORKER_SIZE) * WORKER_SIZE;
}

export function injector(): usize {
  return runtimeAddress() + RUNTIME_INJECTOR;
}

export function blockingQueue(): usize {
  return runtimeAddress() + RUNTIME_BLOCKING;
}

export function workersIdle(): usize {
  return runtimeAddress() + RUNTIME_IDLE;
}

export function blockingIdle(): usize {
  return runtimeAddress() + RUNTIME_BLOCKING_IDLE;
}

/** Does this worker take part in stealing? Without workers, the home thread does it all. */
export function takesPortable(worker: usize): bool {
  const kind = load<u32>(worker, WORKER_KIND);
  return kind == THREAD_WORKER || (kind == THREAD_HOME && load<u32>(worker, WORKER_INDEX) == 0);
}

/**
 * Takes a task into the hand that has been notified and is in no queue yet: should this thread die
 * before it is, its burial finds it there.
 */
export function hold(task: usize): void {
  changetype<TaskHeader>(task).next = 0;
  store<usize>(myWorker, task, WORKER_HAND);
}

/**
 * Wakes a Wasm task with a reference to it, which is then gone. The worker's word at `note`, where
 * the caller had written down that the task is to be told, becomes `told` as soon as it is, or in
 * the hand: no call comes in between.
 */
export function wakeWith(task: usize, note: usize, told: usize = 0): void {
  const verdict = state.notifyWith(task);
  if (verdict == state.Wake.Queue) hold(task);
  store<usize>(myWorker + note, told);
  if (verdict == state.Wake.Queue) toOwner(task);
  else if (verdict == state.Wake.Free) tasks.free(task);
}

/**
 * Queues a notified task with whoever can go on with it: one worker's JavaScript, or, if it is a
 * Wasm task, anybody. The entry's reference is made. Empties the hand.
 */
export function toOwner(task: usize): void {
  if (changetype<TaskHeader>(task).kind == KIND_WASM) {
    start(task);
    return;
  }
  stamp(task);
  const owner = workerAt(changetype<TaskHeader>(task).owner);
  const entry = node.make(task, node.TASK);
  if (owner == myWorker) {
    bump(WORKER_LOCAL_SCHEDULES, 1);
    pinned.push(owner, entry);
    store<usize>(myWorker, 0, WORKER_HAND);
    return;
  }
  bump(WORKER_REMOTE_SCHEDULES, 1);
  const mustWake = inbox.push(owner, entry);
  store<usize>(myWorker, 0, WORKER_HAND);
  if (mustWake) unpark(owner);
  callHome();
}

/** Queues a task that has not started. The entry's reference is made. */
export function start(task: usize): void {
  stamp(task);
  const kind = changetype<TaskHeader>(task).kind;
  if (kind == KIND_LOCAL || kind == KIND_PINNED) toOwner(task);
  else if (takesPortable(myWorker)) toLocalQueue(task);
  else toInjector(task);
}

/** Queues a blocking job, and finds it a thread: an idle one, or a new one that home makes. */
export function toBlockingPool(task: usize): void {
  stamp(task);
  inject.push(blockingQueue(), task);
  const sleeper = idle.pickAny(blockingIdle());
  if (sleeper != idle.NONE) {
    unpark(workerAt(sleeper));
    callHome();
    return;
  }
  word.add(runtimeAddress() + RUNTIME_BLOCKING_WANTED, 1);
  unpark(home());
}

/** Into the injector, from a thread without a queue. */
export function toInjector(task: usize): void {
  bump(WORKER_REMOTE_SCHEDULES, 1);
  inject.push(injector(), task);
  wakeSearcher();
  callHome();
}

/** Into this worker's LIFO slot; who stood there goes through the hand to the back of the queue. */
function toLocalQueue(task: usize): void {
  bump(WORKER_LOCAL_SCHEDULES, 1);
  if (load<u32>(runtimeAddress(), RUNTIME_FLAGS) & RUNTIME_FLAG_NO_LIFO) {
    toBack(task); // Whoever wakes it may go on for long: nobody is to wait for that.
    return;
  }
  if (load<u32>(myWorker, WORKER_LIFO_POLLS) >= <u32>LIFO_POLLS_PER_TICK) {
    toEnd(task);
    return;
  }
  const previous = load<usize>(myWorker, WORKER_LIFO);
  if (previous != 0) changetype<TaskHeader>(previous).next = 0;
  store<usize>(myWorker, task, WORKER_LIFO);
  store<usize>(myWorker, previous, WORKER_HAND);
  // The slot is not visible to thieves, so it alone wakes nobody.
  if (previous != 0) toBack(previous);
}

/** To the back of this worker's queue, and calls somebody for it. Empties the hand. */
export function toBack(task: usize): void {
  append(task);
  wakeSearcher();
}

/**
 * The same for a task that this worker will soon go on with itself, as if it stood in the slot: if
 * it is alone in the queue, nobody is called. Two tasks that wake each other stay together.
 */
export function toEnd(task: usize): void {
  append(task);
  if (local.length(myWorker) > 1) wakeSearcher();
}

/** To the back of this worker's queue, or the injector if that is full. Empties the hand. */
function append(task: usize): void {
  // Ends: a full queue is either spilled, or was robbed meanwhile and has room.
  while (true) {
    const outcome = local.push(myWorker, task);
    if (outcome == local.Push.Done) {
      store<usize>(myWorker, 0, WORKER_HAND);
      break;
    }
    if (outcome == local.Push.Busy) {
      inject.push(injector(), task);
      break;
    }
    if (overflow(task)) break;
  }
}

function overflow(task: usize): bool {
  changetype<TaskHeader>(task).next = 0;
  const first = local.takeNewestHalf(myWorker, TASK_NEXT, task);
  if (first == 0) return false;
  inject.pushList(injector(), first, task, local.OVERFLOW_TASKS + 1);
  bump(WORKER_OVERFLOW_COUNT, 1);
  return true;
}

/**
 * Has the runtime begun to end? Then no task begins any more.
 *
 * Needs: a place in the single order of all atomics, as `scheduler/shutdown` explains.
 */
export function isEnding(): bool {
  return word.load(runtimeAddress() + RUNTIME_SHUTDOWN) != 0;
}

/** Once the end has begun, home must see what was sent to threads that may have left. (E1, E2) */
export function callHome(): void {
  if (isEnding()) unpark(home());
}

/** Is this thread queueing a batch, and calls others only after the last of it? */
let myBatch: bool = false;

/**
 * Begins to queue several tasks. Who is called for the first would take it alone, and be asleep
 * again before the next: measured, that made three system calls of every one.
 */
export function beginBatch(): void {
  myBatch = true;
}

/** Calls somebody for the batch, if there is more than this worker is about to run itself. */
export function endBatch(): void {
  myBatch = false;
  if (local.length(myWorker) > 0 || inject.length(injector()) > 0) wakeSearcher();
}

/** Wakes one sleeping worker for new work, unless somebody searches already. */
export function wakeSearcher(): void {
  if (myBatch) return;
  // Whoever adds work runs something, and does not search, whatever it was picked for.
  if (load<u32>(myWorker, WORKER_SEARCHING) != 0) idle.stopSearch(workersIdle(), myWorker);
  const sleeper = idle.pickSleeper(workersIdle());
  if (sleeper != idle.NONE) unpark(workerAt(sleeper));
}

/** Is there anything that any worker could take? */
export function hasStealable(): bool {
  if (inject.length(injector()) > 0) return true;
  const workers = stealers();
  for (let index: u32 = 0; index < workers; index++) {
    if (local.length(workerAt(index)) > 0) return true;
  }
  return false;
}

/** How many workers steal from each other; without worker threads, home is alone. */
export function stealers(): u32 {
  const workers = load<u32>(runtimeAddress(), RUNTIME_WORKERS);
  return workers == 0 ? 1 : workers;
}

export function threads(): u32 {
  return load<u32>(runtimeAddress(), RUNTIME_THREADS);
}

/** Notes when a task was queued, if anybody wants to know. */
function stamp(task: usize): void {
  if (load<usize>(myWorker, WORKER_LATENCY_HISTOGRAM) != 0) {
    changetype<TaskHeader>(task).scheduledAt = now();
  }
}
