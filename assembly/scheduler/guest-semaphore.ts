/** Semaphores, locks that are made of them, and places in channels, as Wasm tasks use them. */
import { SYNC_BLOCKED, SYNC_CLOSED, SYNC_STAKE } from "../shared/verdicts";
import * as drops from "../sync/drop";
import * as semaphore from "../sync/semaphore";
import { Stake } from "../sync/stake";
import { myTask } from "../task/coroutine";
import {
  asHandle,
  CHANNEL,
  HANDLE,
  ownList,
  PERMITS,
  primitiveOf,
  RECEIVER,
  SEMAPHORE,
  SENDER,
  stakeOf,
} from "./guest-handle";
import { isPending, suspends, tagged, takeAwaited } from "./guest-sync";

/** The stake that keeps a new semaphore there, with a block of so many bytes; or NO_MEMORY… */
export function create(permits: u32, bytes: u32): usize {
  return asHandle(semaphore.create(permits, bytes, ownList()));
}

/** Waits for permits. The handle that has them, or CLOSED or NO_MEMORY. */
export function acquire(handle: usize, permits: u32): usize {
  const verdict = pollAcquire(handle, permits, takeAwaited());
  return suspends(verdict) ? 0 : asHandle(verdict);
}

export function pollAcquire(handle: usize, permits: u32, awaited: usize): usize {
  if (awaited != 0) return grantedOrDropped(awaited);
  const primitive = grantorOf(handle);
  // Another worker may have ended the wait already, and not by permits.
  return grantedOrDropped(semaphore.acquire(primitive, permits, ownList(), <u32>myTask));
}

/** Takes permits that are there now. The handle, or BLOCKED, CLOSED or NO_MEMORY. */
export function tryAcquire(handle: usize, permits: u32): usize {
  return asHandle(semaphore.tryAcquire(grantorOf(handle), permits, ownList()));
}

/** Gives back some of the permits that a handle has. False if it has not so many. */
export function release(permit: usize, permits: u32): bool {
  const stake = permitOf(permit);
  const fits = permits <= changetype<Stake>(stake).permits;
  if (fits) semaphore.release(stake, permits);
  return fits;
}

/** How many permits are free, or places in a channel. */
export function available(handle: usize): u32 {
  const primitive = primitiveOf(handle, SEMAPHORE | CHANNEL, HANDLE | SENDER | RECEIVER);
  return semaphore.available(primitive);
}

/** False if there would be too many. */
export function add(handle: usize, permits: u32): bool {
  return semaphore.add(semaphoreOf(handle), permits);
}

/** How many permits a handle has. */
export function held(permit: usize): u32 {
  return changetype<Stake>(stakeOf(permit, SEMAPHORE | CHANNEL, PERMITS)).permits;
}

/** Another handle with some of this one's permits. BLOCKED if it has fewer; or NO_MEMORY. */
export function split(permit: usize, permits: u32): usize {
  const stake = permitOf(permit);
  if (permits > changetype<Stake>(stake).permits) return SYNC_BLOCKED;
  return asHandle(semaphore.split(stake, permits));
}

/** Gives one handle's permits to another of the same semaphore. False if it is not of the same. */
export function merge(into: usize, from: usize): bool {
  const taker = permitOf(into);
  const giver = permitOf(from);
  const isSame = changetype<Stake>(taker).primitive == changetype<Stake>(giver).primitive;
  if (taker == giver || !isSame) return false;
  semaphore.pass(giver, taker, changetype<Stake>(giver).permits);
  drops.drop(giver);
  return true;
}

/** Takes free permits away for good; returns how many. */
export function forget(handle: usize, permits: u32): u32 {
  return semaphore.forget(semaphoreOf(handle), permits);
}

export function close(handle: usize): void {
  semaphore.close(semaphoreOf(handle));
}

function semaphoreOf(handle: usize): usize {
  return primitiveOf(handle, SEMAPHORE, HANDLE);
}

/** The primitive that gives permits to whoever has this handle. */
function grantorOf(handle: usize): usize {
  return primitiveOf(handle, SEMAPHORE | CHANNEL, HANDLE | SENDER);
}

function permitOf(handle: usize): usize {
  return stakeOf(handle, SEMAPHORE, PERMITS);
}

/** A stake that waits, or has its permits; or CLOSED, if it will have none. */
function grantedOrDropped(verdict: usize): usize {
  const stake = tagged(verdict);
  if (stake < <usize>SYNC_STAKE || isPending(stake)) return stake;
  if (changetype<Stake>(stake).outcome != SYNC_CLOSED) return stake;
  drops.drop(stake);
  return SYNC_CLOSED;
}
