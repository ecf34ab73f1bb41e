/**
 * Coordination of Wasm tasks: their handles, and their waits.
 *
 * A guest's handle is of a stake in the list of its task, which alone may use it. It moves to
 * another task as that one is spawned, before it runs, and to whoever joins a task whose value it
 * is. So whatever a task has is in one list, and goes with the task, a wait included: then the next
 * in line is served.
 */
import { TASK_STAKES } from "../shared/layout";
import { ENTRY_HANDLE, STAKE_TAG, SYNC_BUSY, SYNC_STAKE } from "../shared/verdicts";
import * as drops from "../sync/drop";
import * as handles from "../sync/handle";
import * as pairs from "../sync/pair";
import { Primitive } from "../sync/primitive";
import * as stakes from "../sync/stake";
import { Stake } from "../sync/stake";
import { refuseHandle } from "../sys/host";
import * as coroutine from "../task/coroutine";
import { TaskHeader } from "../task/header";
import { completeWith, letOthersRun, outputOf } from "./guest";
import {
  asHandle,
  HANDLE,
  handleOf,
  movable,
  NOTIFY,
  ownList,
  ownOf,
  PERMITS,
  primitiveOf,
  SEMAPHORE,
  stakeOf,
  TOKEN,
} from "./guest-handle";
import { endedOf } from "./guest-join";

// Handles.

/**
 * Puts a handle before another that was tied, or before 0, for all to go with the next task:
 * returns the handle.
 */
export function tie(handle: usize, others: usize): usize {
  const following = others == 0 ? <usize>0 : movable(others);
  changetype<Stake>(movable(handle)).next = following; // It waits for nothing, so is in no line.
  return handle;
}

/** Another handle of the same primitive, or NO_MEMORY. */
export function clone(handle: usize): usize {
  const primitive = primitiveOf(handle, SEMAPHORE | NOTIFY | TOKEN, HANDLE);
  const generation = changetype<Primitive>(primitive).generation;
  return asHandle(handles.open(primitive, generation, ownList()));
}

/** Gives up whatever the handle stands for. */
export function drop(handle: usize): void {
  const stake = ownOf(handle);
  if (!pairs.drop(changetype<Stake>(stake))) drops.drop(stake);
}

/** Frees a permit's handle and keeps its permits: they are never given back. */
export function forget(permit: usize): void {
  drops.finish(stakeOf(permit, SEMAPHORE, PERMITS));
}

/** Makes a handle the running task's value. */
export function give(handle: usize): void {
  completeWith(movable(handle));
}

/** Takes the handle that a child has returned: from here on it is the running task's. Or 0. */
export function take(child: usize): usize {
  const task = endedOf(child);
  if (changetype<TaskHeader>(task).payloadKind != ENTRY_HANDLE) return 0;
  const stake = <usize>outputOf(task);
  if (changetype<Stake>(stake).owner != task + TASK_STAKES) refuseHandle(); // It was taken before.
  stakes.move(stake, ownList());
  return handleOf(stake);
}

/** The block that a lock guards. */
export function guarded(handle: usize): usize {
  const block = changetype<Primitive>(primitiveOf(handle, SEMAPHORE, HANDLE | PERMITS)).block;
  if (block == 0) refuseHandle(); // It is no lock.
  return block;
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
