/**
 * What a Wasm task does with those that it has spawned, and with any that it knows by its id.
 *
 * A handle is a child's address, moved up, and below it the low bits of its generation. It is good
 * as long as the child stands in the list of the task that uses it: one that was joined or detached
 * before is found out, unless 32 of that task's children, or a multiple, have had the slot since.
 */
import { hold, start } from "../queue/submit";
import { TASK_SIZE, WORKER_LEAVING } from "../shared/layout";
import { MEMORY_PAGES_MAX } from "../shared/limits";
import {
  BEGUN,
  ENTRY_BOUND,
  JOIN_ELAPSED,
  JOIN_NO_MEMORY,
  JOIN_REFUSED,
  LEAVING_ALONE,
  LEAVING_OUTPUT,
  LEAVING_WAITED,
} from "../shared/verdicts";
import { refuseHandle, throwFailure } from "../sys/host";
import { myWorker } from "../sys/self";
import * as coroutine from "../task/coroutine";
import { myTask } from "../task/coroutine";
import { TaskHeader } from "../task/header";
import * as siblings from "../task/siblings";
import * as state from "../task/state";
import * as tasks from "../task/task";
import { dropOutput } from "./finish";
import * as timers from "./guest-timer";

/** The bits that all addresses of tasks have free, where a note says how far one is given up. */
const LOW: usize = 7;
if (TASK_SIZE & <i32>LOW) ERROR("a task's address has no bits free");
/** How far the address is moved up in a handle, and the bits below it: see `guest-handle`. */
const SHIFT: usize = 2;
const GENERATION: usize = ((LOW + 1) << SHIFT) - 1;
if (((<u64>MEMORY_PAGES_MAX) << 16) << (<u64>SHIFT) > <u64>u32.MAX_VALUE + 1)
  ERROR("a handle is too long");

// Handles.

export function handleOf(child: usize): usize {
  return (child << SHIFT) | (<usize>changetype<TaskHeader>(child).generation & GENERATION);
}

/** The child of the running task that a handle is of, or 0. */
function childOf(handle: usize): usize {
  const task = (handle & ~GENERATION) >> SHIFT;
  if (!isPlace(task)) return 0;
  return handleOf(task) == handle && siblings.has(myTask, task) ? task : 0;
}

/** Could a task stand there? What guests take for one may be any number. */
function isPlace(task: usize): bool {
  return (task & LOW) == 0 && task <= ((<usize>memory.size()) << 16) - TASK_SIZE;
}

/** The child that a handle is of. Traps if it is none. */
export function taskOf(handle: usize): usize {
  const child = childOf(handle);
  if (child == 0) refuseHandle();
  return child;
}

/** As `taskOf`, of one that has ended: nobody else touches it. */
export function endedOf(handle: usize): usize {
  const child = taskOf(handle);
  if (!state.isComplete(child)) refuseHandle();
  return child;
}

// Joining.

/**
 * Waits until a child has ended, or until a moment, unless that is infinite. Its OUTCOME_*, or
 * JOIN_ELAPSED, JOIN_REFUSED or JOIN_NO_MEMORY.
 */
export function join(handle: usize, deadlineMs: f64): u32 {
  const timer = coroutine.resumed() ? coroutine.peekWait() : 0;
  const child = childOf(handle);
  if (child == 0) return JOIN_REFUSED;
  if (pollEnd(child)) {
    timers.dropWait(coroutine.placeOfRunning());
    changetype<TaskHeader>(child).begun = <u8>BEGUN; // Its failure, if any, has been heard of.
    return changetype<TaskHeader>(child).outcome;
  }
  return awaitUntil(deadlineMs, timer);
}

/** Throws what a child has failed of. Returns only if it is none, or has not ended. */
export function throwFailureOf(handle: usize): void {
  const child = childOf(handle);
  if (child != 0 && state.isComplete(child)) throwFailure(child);
}

/** Suspends, unless the moment has come. */
function awaitUntil(deadlineMs: f64, timer: usize): u32 {
  const isTimed = deadlineMs < Infinity;
  if (isTimed && deadlineMs <= timers.timeOf(timer)) {
    timers.dropWait(coroutine.placeOfRunning());
    return JOIN_ELAPSED;
  }
  if (timer != 0) {
    coroutine.suspendAgain();
    return 0;
  }
  const mine = isTimed ? timers.arm(deadlineMs) : 0;
  if (isTimed && mine == 0) return JOIN_NO_MEMORY;
  coroutine.suspend(mine);
  return 0;
}

/** Waits until one of several children has ended; its index. More than `count` if one is none. */
export function joinAny(handles: usize, count: u32): u32 {
  coroutine.resumed();
  const index = pollAny(handles, count);
  if (index == count) coroutine.suspend(0);
  return index;
}

/** The index of a child that has ended, or as above. If it is `count`, each will wake the task. */
export function pollAny(handles: usize, count: u32): u32 {
  for (let index: u32 = 0; index < count; index++) {
    const child = childOf(load<usize>(handles + (index << 2)));
    if (child == 0) return count + 1;
    if (pollEnd(child)) return index;
  }
  return count;
}

/** Has a child ended? If not, the running task is woken as it does. */
function pollEnd(child: usize): bool {
  return state.isComplete(child) || !awaitEnd(child);
}

/** Asks to be woken at the child's end. False if that has come. */
function awaitEnd(child: usize): bool {
  if (state.hasJoinWaker(child)) return true;
  state.retain(myTask); // For the child's wake.
  if (state.setJoinWaker(child)) return true;
  state.release(myTask);
  return false;
}

/** 1 if a child has ended, in whatever way, 0 if not; or JOIN_REFUSED. */
export function isFinished(handle: usize): u32 {
  const child = childOf(handle);
  return child == 0 ? JOIN_REFUSED : u32(state.isComplete(child));
}

/** Asks a child to end at its next wait. False if it is none. */
export function abort(handle: usize): bool {
  const child = childOf(handle);
  if (child != 0) abortTask(child);
  return child != 0;
}

function abortTask(task: usize): void {
  if (state.cancel(task) != state.Cancel.Queue) return;
  hold(task);
  start(task);
}

// Giving up handles.

/** Gives up a child's handle. Its output, if any, is dropped. False if it is none. */
export function leave(handle: usize): bool {
  const child = childOf(handle);
  if (child != 0) leaveChild(child);
  return child != 0;
}

/** Leaves all children of a task that ends. Those that are bound to it end as well. */
export function leaveAll(parent: usize): void {
  // Ends: each round takes one off.
  for (let child = siblings.first(parent); child != 0; child = siblings.first(parent)) {
    if (changetype<TaskHeader>(child).payloadKind & ENTRY_BOUND) abortTask(child);
    leaveChild(child);
  }
}

/** Until WORKER_LEAVING says how far it is given up, a child is one in the list like the others. */
function leaveChild(child: usize): void {
  const waited = state.hasJoinWaker(child);
  const isLeft = state.dropJoinInterest(child);
  // One that has ended has woken the parent, or is about to, and gives up the reference itself.
  const owes = !isLeft ? LEAVING_OUTPUT : waited ? LEAVING_WAITED : LEAVING_ALONE;
  store<usize>(myWorker, child | owes, WORKER_LEAVING);
  finishLeaving(myWorker);
}

/** Goes on with the child that a worker, this one or a dead one, has begun to give up. */
export function finishLeaving(worker: usize): void {
  const note = load<usize>(worker, WORKER_LEAVING);
  if (note == 0) return;
  const child = note & ~LOW;
  const parent: usize = changetype<TaskHeader>(child).joinToken;
  if (siblings.has(parent, child)) siblings.remove(parent, child);
  const owes = note - child;
  if (owes == LEAVING_OUTPUT) dropOutput(child);
  else if (owes == LEAVING_WAITED) {
    state.release(parent);
    store<usize>(worker, child | LEAVING_ALONE, WORKER_LEAVING);
  }
  const wasLast = state.release(child);
  store<usize>(worker, 0, WORKER_LEAVING);
  if (wasLast) tasks.free(child);
}

// Tasks of anybody's, by their ids: address and generation.

/** What metrics and hosts call a child, or 0 if it is none. */
export function idOf(handle: usize): f64 {
  const child = childOf(handle);
  return child == 0 ? 0 : changetype<TaskHeader>(child).id;
}

/** The generation of a child. */
export function generationOf(handle: usize): u32 {
  return changetype<TaskHeader>(taskOf(handle)).generation;
}

/** Asks a task to end at its next wait, unless it has ended, and is no more. */
export function abortById(task: usize, generation: u32): void {
  if (!open(task, generation)) return;
  abortTask(task);
  close(task);
}

/** Has it ended? */
export function isFinishedById(task: usize, generation: u32): bool {
  if (!open(task, generation)) return true;
  const isOver = state.isComplete(task);
  close(task);
  return isOver;
}

/** Takes a reference to a task that may be no more. False if it is not, or another has its slot. */
function open(task: usize, generation: u32): bool {
  // First: the state of what is no task must not be touched, should the id be none.
  const mayBe = isPlace(task) && tasks.isCurrent(task, generation);
  if (!mayBe || !state.tryRetain(task)) return false;
  if (tasks.isCurrent(task, generation)) return true;
  close(task);
  return false;
}

function close(task: usize): void {
  if (state.release(task)) tasks.free(task);
}
