/**
 * Notifications and barriers as Wasm tasks use them. To a handle that is not the running task's
 * the answer is REFUSED.
 */
import { SYNC_DONE, SYNC_REFUSED, SYNC_STAKE } from "../shared/verdicts";
import * as drops from "../sync/drop";
import * as notify from "../sync/notify";
import * as stakes from "../sync/stake";
import { myTask } from "../task/coroutine";
import { isPending, ownList, owns, primitiveOf, suspends, tagged, takeAwaited } from "./guest-sync";

/** The stake that keeps it there, or NO_MEMORY. One for a barrier says how many come together. */
export function create(parties: u32): usize {
  return notify.create(parties, ownList());
}

/** What a wait has to note before anything else, or 0. */
export function version(handle: usize): u32 {
  const address = primitiveOf(handle);
  return address == 0 ? 0 : notify.version(address);
}

/** Waits to be told, since `noted`. DONE, REFUSED or NO_MEMORY. */
export function wait(handle: usize, noted: u32): u32 {
  const verdict = pollWait(handle, noted, takeAwaited());
  return suspends(verdict) ? 0 : <u32>verdict;
}

export function pollWait(handle: usize, noted: u32, awaited: usize): usize {
  if (awaited != 0) return over(awaited);
  const address = primitiveOf(handle);
  if (address == 0) return SYNC_REFUSED;
  return over(notify.wait(address, noted, ownList(), <u32>myTask));
}

/** Stands in line without waiting yet: the wait, for `finish`; or REFUSED or NO_MEMORY. */
export function enable(handle: usize): usize {
  const address = primitiveOf(handle);
  return address == 0 ? <usize>SYNC_REFUSED : notify.enable(address, ownList(), <u32>myTask);
}

/** Waits on until the wait that `enable` began is over. DONE or REFUSED. */
export function finish(wait: usize): u32 {
  const verdict = pollFinish(wait, takeAwaited());
  return suspends(verdict) ? 0 : <u32>verdict;
}

export function pollFinish(wait: usize, awaited: usize): usize {
  if (awaited != 0) return over(awaited);
  return owns(wait) ? over(wait) : SYNC_REFUSED;
}

/** Is the wait that `enable` began over? */
export function isTold(wait: usize): bool {
  return owns(wait) && !stakes.isWaiting(wait);
}

/** Waits until all have come. LEADER for the last, DONE for the others; or REFUSED, NO_MEMORY. */
export function arrive(handle: usize): u32 {
  let verdict = takeAwaited();
  if (verdict == 0) {
    const address = primitiveOf(handle);
    if (address == 0) return SYNC_REFUSED;
    verdict = notify.arrive(address, ownList(), <u32>myTask);
  }
  verdict = over(verdict);
  return suspends(verdict) ? 0 : <u32>verdict;
}

/** Ends the oldest wait; if there is none, the next one. */
export function one(handle: usize): bool {
  const address = primitiveOf(handle);
  if (address != 0) notify.one(address);
  return address != 0;
}

/** Ends the newest wait; if there is none, the next one. */
export function last(handle: usize): bool {
  const address = primitiveOf(handle);
  if (address != 0) notify.last(address);
  return address != 0;
}

/** Ends every wait. */
export function all(handle: usize): bool {
  const address = primitiveOf(handle);
  if (address != 0) notify.all(address);
  return address != 0;
}

/** Frees a wait that has ended, with what it was told. */
function over(verdict: usize): usize {
  const stake = tagged(verdict);
  if (stake < <usize>SYNC_STAKE || isPending(stake)) return stake;
  drops.finish(stake);
  return SYNC_DONE;
}
