/**
 * Semaphores, and the locks that are made of them, as Wasm tasks use them. To a handle that is not
 * the running task's the answer is REFUSED, or 0.
 */
import { SYNC_BLOCKED, SYNC_CLOSED, SYNC_REFUSED, SYNC_STAKE } from "../shared/verdicts";
import * as drops from "../sync/drop";
import * as semaphore from "../sync/semaphore";
import { Stake } from "../sync/stake";
import { myTask } from "../task/coroutine";
import { isPending, ownList, owns, primitiveOf, suspends, tagged, takeAwaited } from "./guest-sync";

/** The stake that keeps a new semaphore there, with a block of so many bytes; or NO_MEMORY… */
export function create(permits: u32, bytes: u32): usize {
  return semaphore.create(permits, bytes, ownList());
}

/** Waits for permits. The stake that has them, or REFUSED, CLOSED or NO_MEMORY. */
export function acquire(handle: usize, permits: u32): usize {
  const verdict = pollAcquire(handle, permits, takeAwaited());
  return suspends(verdict) ? 0 : verdict;
}

export function pollAcquire(handle: usize, permits: u32, awaited: usize): usize {
  if (awaited != 0) return grantedOrDropped(awaited);
  const primitive = primitiveOf(handle);
  if (primitive == 0) return SYNC_REFUSED;
  // Another worker may have ended the wait already, and not by permits.
  return grantedOrDropped(semaphore.acquire(primitive, permits, ownList(), <u32>myTask));
}

/** Takes permits that are there now. The stake, or BLOCKED, CLOSED, REFUSED or NO_MEMORY. */
export function tryAcquire(handle: usize, permits: u32): usize {
  const primitive = primitiveOf(handle);
  if (primitive == 0) return SYNC_REFUSED;
  return semaphore.tryAcquire(primitive, permits, ownList());
}

/** Gives back some of the permits that a handle has. False if it has not so many. */
export function release(handle: usize, permits: u32): bool {
  const fits = owns(handle) && permits <= changetype<Stake>(handle).permits;
  if (fits) semaphore.release(handle, permits);
  return fits;
}

/** How many permits are free. */
export function available(handle: usize): u32 {
  const primitive = primitiveOf(handle);
  return primitive == 0 ? 0 : semaphore.available(primitive);
}

/** False if there would be too many. */
export function add(handle: usize, permits: u32): bool {
  const primitive = primitiveOf(handle);
  return primitive != 0 && semaphore.add(primitive, permits);
}

/** How many permits a handle has. */
export function held(permit: usize): u32 {
  return owns(permit) ? changetype<Stake>(permit).permits : 0;
}

/** Another handle with some of this one's permits. BLOCKED if it has fewer; REFUSED, NO_MEMORY. */
export function split(permit: usize, permits: u32): usize {
  if (!owns(permit)) return SYNC_REFUSED;
  if (permits > changetype<Stake>(permit).permits) return SYNC_BLOCKED;
  return semaphore.split(permit, permits);
}

/** Gives one handle's permits to another of the same semaphore. False if it is not of the same. */
export function merge(into: usize, from: usize): bool {
  if (into == from || primitiveOf(into) == 0 || primitiveOf(into) != primitiveOf(from))
    return false;
  semaphore.pass(from, into, changetype<Stake>(from).permits);
  drops.drop(from);
  return true;
}

/** Takes free permits away for good; returns how many. */
export function forget(handle: usize, permits: u32): u32 {
  const primitive = primitiveOf(handle);
  return primitive == 0 ? 0 : semaphore.forget(primitive, permits);
}

export function close(handle: usize): bool {
  const primitive = primitiveOf(handle);
  if (primitive != 0) semaphore.close(primitive);
  return primitive != 0;
}

/** A stake that waits, or has its permits; or CLOSED, if it will have none. */
function grantedOrDropped(verdict: usize): usize {
  const stake = tagged(verdict);
  if (stake < <usize>SYNC_STAKE || isPending(stake)) return stake;
  if (changetype<Stake>(stake).outcome != SYNC_CLOSED) return stake;
  drops.drop(stake);
  return SYNC_CLOSED;
}
