/**
 * Coordination of Wasm tasks: their handles, and their waits.
 *
 * A guest's handle is a stake in the list of its task, which alone may use it. It moves to another
 * task as that one is spawned, before it runs. So whatever a task has is in one list, and goes with
 * the task, a wait included: then the next in line is served.
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
import { letOthersRun } from "./guest";

// Handles.

/** Is it a handle of the running task's? One that was dropped, or has moved, is not. */
export function owns(handle: usize): bool {
  return handle != 0 && changetype<Stake>(handle).owner == ownList();
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

/** The block that a lock guards, or 0. */
export function guarded(handle: usize): usize {
  return owns(handle) ? changetype<Primitive>(changetype<Stake>(handle).primitive).block : 0;
}

// Waiting.

/** The stake that the running task has waited for, as it is resumed; 0 if it has not. */
export function takeAwaited(): usize {
  return coroutine.resumed() ? coroutine.takeWait() & ~(<usize>STAKE_TAG) : 0;
}

/**
 * Is the task, as it is resumed, to wait on for what it waited for? Else that wait is given up,
 * and what it was for is asked for again.
 */
export function stillWaits(): bool {
  const awaited = takeAwaited();
  if (awaited == 0) return false;
  if (waits(awaited)) return true;
  drops.drop(awaited);
  return false;
}

/**
 * Suspends the running task if the verdict is a stake that waits, or says to let others run: then
 * the call returns, and is made again as the task is resumed. That may be for the sake of an older
 * wait, whose end the task had seen before it was told.
 */
export function waits(verdict: usize): bool {
  if (verdict == SYNC_BUSY) {
    letOthersRun();
    return true;
  }
  if (verdict < <usize>SYNC_STAKE || !stakes.isWaiting(verdict)) return false;
  coroutine.suspend(verdict | STAKE_TAG);
  return true;
}

/** The primitive of a handle of the running task's, or 0. */
export function primitiveOf(handle: usize): usize {
  return owns(handle) ? changetype<Stake>(handle).primitive : 0;
}

/** The running task's list of stakes. */
export function ownList(): usize {
  return myTask + TASK_STAKES;
}
