/**
 * Coordination of Wasm tasks: their handles, and their waits.
 *
 * A guest's handle is a stake in the list of its task, which alone may use it. It moves to another
 * task as that one is spawned, before it runs, and to whoever joins a task whose value it is. So
 * whatever a task has is in one list, and goes with the task, a wait included: then the next in
 * line is served.
 */
import { TASK_STAKES } from "../shared/layout";
import { STAKE_TAG, SYNC_BUSY, SYNC_REFUSED, SYNC_STAKE } from "../shared/verdicts";
import * as drops from "../sync/drop";
import * as handles from "../sync/handle";
import { Primitive } from "../sync/primitive";
import * as stakes from "../sync/stake";
import { Stake } from "../sync/stake";
import * as coroutine from "../task/coroutine";
import { myTask } from "../task/coroutine";
import { completeWith, letOthersRun, outputOf } from "./guest";
import { taskOf } from "./guest-join";

// Handles.

/** Is it a handle of the running task's? One that was dropped, or has moved, is not. */
export function owns(handle: usize): bool {
  return handle != 0 && changetype<Stake>(handle).owner == ownList();
}

/** May it go to another task? One that stands in line stays: it is to wake the one that it has. */
function isMovable(handle: usize): bool {
  return owns(handle) && !stakes.isWaiting(handle);
}

/**
 * Puts a handle before others, or before 0, that are to go with the next task. Returns the first of
 * them all, or 0 if the handle is not the running task's, or waits: that stays where its task is.
 */
export function tie(handle: usize, others: usize): usize {
  if (!isMovable(handle)) return 0;
  changetype<Stake>(handle).next = others; // It waits for nothing, so it is in no line.
  return handle;
}

/** Another handle of the same primitive, or REFUSED or NO_MEMORY. */
export function clone(handle: usize): usize {
  const primitive = primitiveOf(handle);
  if (primitive == 0) return SYNC_REFUSED;
  return handles.open(primitive, changetype<Primitive>(primitive).generation, ownList());
}

/** Gives up whatever the handle stands for. False if it is not the running task's. */
export function drop(handle: usize): bool {
  const isOwn = owns(handle);
  if (isOwn) drops.drop(handle);
  return isOwn;
}

/** Frees a handle and keeps its permits: they are never given back. */
export function forget(handle: usize): bool {
  const isOwn = owns(handle);
  if (isOwn) drops.finish(handle);
  return isOwn;
}

/** Makes a handle the running task's value. False if it is not the running task's, or waits. */
export function give(handle: usize): bool {
  const mayGo = isMovable(handle);
  if (mayGo) completeWith(handle);
  return mayGo;
}

/** Takes the handle that a child has returned: from here on it is the running task's. */
export function take(child: usize): usize {
  const handle = <usize>outputOf(taskOf(child));
  if (handle != 0) stakes.move(handle, ownList());
  return handle;
}

/** The block that a lock guards, or 0. */
export function guarded(handle: usize): usize {
  return owns(handle) ? changetype<Primitive>(changetype<Stake>(handle).primitive).block : 0;
}

// Waiting. Whatever may wait has a function `poll…`, for a call of its own and for a branch of a
// `select` alike: it begins, or, given the stake that was waited for, goes on. It returns that
// stake, or another one, + STAKE_TAG as long as there is something to wait for; else its verdict,
// and then the stake is gone, unless it is the verdict.

/** The stake that the running task has waited for, as it is resumed; 0 if it has not. */
export function takeAwaited(): usize {
  return coroutine.resumed() ? coroutine.takeWait() & ~(<usize>STAKE_TAG) : 0;
}

/**
 * Suspends the running task if the verdict of a poll is to wait, or to let others run: then the
 * call returns, and is made again as the task is resumed. That may be for the sake of an older
 * wait, whose end the task had seen before it was told.
 */
export function suspends(verdict: usize): bool {
  const waits = isPending(verdict);
  if (waits) coroutine.suspend(verdict);
  else if (verdict == SYNC_BUSY) letOthersRun();
  return waits || verdict == SYNC_BUSY;
}

/** Is there something to wait for? */
export function isPending(verdict: usize): bool {
  return verdict >= <usize>SYNC_STAKE && (verdict & STAKE_TAG) != 0;
}

/** A poll's verdict, from that of a primitive: the stake it may be is tagged if it waits. */
export function tagged(verdict: usize): usize {
  const waits = verdict >= <usize>SYNC_STAKE && stakes.isWaiting(verdict);
  return waits ? verdict | STAKE_TAG : verdict;
}

/** A stake that still waits, tagged; 0 if it is over: then what it was for is to be tried again. */
export function stillWaiting(stake: usize): usize {
  if (stake == 0 || stakes.isWaiting(stake)) return stake == 0 ? 0 : stake | STAKE_TAG;
  drops.drop(stake);
  return 0;
}

/** The primitive of a handle of the running task's, or 0. */
export function primitiveOf(handle: usize): usize {
  return owns(handle) ? changetype<Stake>(handle).primitive : 0;
}

/** The running task's list of stakes. */
export function ownList(): usize {
  return myTask + TASK_STAKES;
}
