/** Notifications and barriers as Wasm tasks use them. */
import { STAKE_TAG, SYNC_DONE, SYNC_STAKE } from "../shared/verdicts";
import * as drops from "../sync/drop";
import * as notify from "../sync/notify";
import * as stakes from "../sync/stake";
import * as budget from "../task/budget";
import * as coroutine from "../task/coroutine";
import { myTask } from "../task/coroutine";
import { letOthersRun } from "./guest";
import { asHandle, HANDLE, NOTIFIED, NOTIFY, ownList, primitiveOf, stakeOf } from "./guest-handle";
import { isPending, suspends, tagged, takeAwaited } from "./guest-sync";

/** The stake that keeps it there, or NO_MEMORY. One for a barrier says how many come together. */
export function create(parties: u32): usize {
  return asHandle(notify.create(parties, ownList()));
}

/** What a wait has to note before anything else. */
export function version(handle: usize): u32 {
  return notify.version(notifyOf(handle));
}

/**
 * Waits to be told. The handle itself stands in line meanwhile, from this moment on: also of a task
 * that has to let others run first.
 */
export function wait(handle: usize): void {
  let stake = takeAwaited();
  if (stake == 0) {
    stake = stakeOf(handle, NOTIFY, HANDLE);
    notify.beginWait(stake, <u32>myTask);
  }
  if (stakes.isWaiting(stake)) coroutine.suspend(stake | STAKE_TAG);
  else if (budget.proceed()) notify.endWait(stake);
  else letOthersRun(stake | STAKE_TAG);
}

/** Of a `select`: waits to be told, since `noted`. DONE or NO_MEMORY. */
export function pollWait(handle: usize, noted: u32, awaited: usize): usize {
  if (awaited != 0) return over(awaited);
  return over(notify.wait(notifyOf(handle), noted, ownList(), <u32>myTask));
}

/** Stands in line without waiting yet: the wait, for `finish`; or NO_MEMORY. */
export function enable(handle: usize): usize {
  return asHandle(notify.enable(notifyOf(handle), ownList(), <u32>myTask));
}

/** Waits on until the wait that `enable` began is over. DONE. */
export function finish(wait: usize): u32 {
  const verdict = pollFinish(wait, takeAwaited());
  return suspends(verdict) ? 0 : <u32>verdict;
}

export function pollFinish(wait: usize, awaited: usize): usize {
  if (awaited != 0) return over(awaited);
  return over(placeOf(wait));
}

/** Is the wait that `enable` began over? */
export function isTold(wait: usize): bool {
  return !stakes.isWaiting(placeOf(wait));
}

/** Waits until all have come. LEADER for the last, DONE for the others; or NO_MEMORY. */
export function arrive(handle: usize): u32 {
  let verdict = takeAwaited();
  if (verdict == 0) verdict = notify.arrive(notifyOf(handle), ownList(), <u32>myTask);
  verdict = over(verdict);
  return suspends(verdict) ? 0 : <u32>verdict;
}

/** Ends the oldest wait; if there is none, the next one. */
export function one(handle: usize): void {
  notify.one(notifyOf(handle));
}

/** Ends the newest wait; if there is none, the next one. */
export function last(handle: usize): void {
  notify.last(notifyOf(handle));
}

/** Ends every wait. */
export function all(handle: usize): void {
  notify.all(notifyOf(handle));
}

function notifyOf(handle: usize): usize {
  return primitiveOf(handle, NOTIFY, HANDLE);
}

/** The stake of a place in line. */
function placeOf(wait: usize): usize {
  return stakeOf(wait, NOTIFY, NOTIFIED);
}

/** Frees a wait that has ended, with what it was told. */
function over(verdict: usize): usize {
  const stake = tagged(verdict);
  if (stake < <usize>SYNC_STAKE || isPending(stake)) return stake;
  drops.finish(stake);
  return SYNC_DONE;
}
