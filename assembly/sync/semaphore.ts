/**
 * A counting semaphore, fair and in batches. One of a single permit is a mutex; one of PERMITS_MAX,
 * of which a reader takes one and a writer all, is a lock for readers and writers.
 *
 * Whoever wants permits gets a stake that waits for them or has them. While anybody waits nobody
 * passes, and what is free counts as the first one's.
 */
import * as heap from "../memory/heap";
import { PRIMITIVE_WAITERS } from "../shared/layout";
import { PERMITS_MAX } from "../shared/limits";
import {
  SYNC_BLOCKED,
  SYNC_BUSY,
  SYNC_CLOSED,
  SYNC_NO_MEMORY,
  SYNC_REFUSED,
  SYNC_STAKE,
} from "../shared/verdicts";
import * as budget from "../task/budget";
import * as handles from "./handle";
import { Channel, callForPlaces } from "./messages";
import { Permits } from "./permits";
import * as primitives from "./primitive";
import { Kind } from "./primitive";
import { settle } from "./settle";
import * as stakes from "./stake";
import { Role, Stake } from "./stake";

/**
 * A semaphore, by the stake that keeps it there. With `bytes` it also guards a zeroed block of the
 * heap, for a lock's value. Returns the stake, or a verdict.
 */
export function create(permits: u32, bytes: u32, owner: usize): usize {
  if (permits > <u32>PERMITS_MAX) return SYNC_REFUSED;
  const address = primitives.create(Kind.Semaphore);
  if (address == 0) return SYNC_NO_MEMORY;
  const semaphore = changetype<Permits>(address);
  semaphore.available = permits;
  if (bytes > 0) {
    semaphore.block = heap.allocate(bytes);
    if (semaphore.block == 0) {
      primitives.free(address);
      return SYNC_NO_MEMORY;
    }
    memory.fill(semaphore.block, 0, bytes);
  }
  return handles.first(address, Role.Handle, owner);
}

/**
 * Takes permits, or stands in line for them. Returns the stake that has them or waits, or BUSY,
 * CLOSED or NO_MEMORY.
 */
export function acquire(address: usize, permits: u32, owner: usize, target: u32): usize {
  if (budget.isSpent()) return SYNC_BUSY;
  const stake = take(address, permits, owner, target, true);
  if (stake < <usize>SYNC_STAKE || !stakes.isWaiting(stake)) budget.proceed();
  return stake;
}

/** Takes permits that are there now. Returns the stake, or BLOCKED, CLOSED or NO_MEMORY. */
export function tryAcquire(address: usize, permits: u32, owner: usize): usize {
  return take(address, permits, owner, stakes.NOBODY, false);
}

function take(address: usize, permits: u32, owner: usize, target: u32, mayWait: bool): usize {
  const stake = stakes.create(address, owner, target);
  if (stake == 0) return SYNC_NO_MEMORY;
  const semaphore = changetype<Permits>(address);
  enter(address);
  const verdict = refusal(semaphore, permits);
  if (verdict == 0) {
    semaphore.available -= permits;
    changetype<Stake>(stake).permits = permits;
  } else if (verdict == SYNC_CLOSED || !mayWait) {
    primitives.leave(address);
    stakes.retire(stake);
    return verdict;
  } else {
    changetype<Stake>(stake).wanted = permits;
    stakes.waitLocked(address + PRIMITIVE_WAITERS, stake);
  }
  stakes.joinLocked(stake, Role.Permits);
  primitives.leave(address);
  return stake;
}

/** As the primitive's own, but of a channel's permits those count that its receiver gave back. */
function enter(address: usize): void {
  primitives.enter(address);
  if (changetype<Permits>(address).kind != Kind.Channel) return;
  callForPlaces(changetype<Channel>(address));
}

/** Why these permits cannot be had now, or 0 if they can. */
function refusal(semaphore: Permits, permits: u32): u32 {
  if (semaphore.closed) return SYNC_CLOSED;
  if (permits == 0) return 0;
  const isFree = semaphore.waiters == 0 && semaphore.available >= permits;
  return isFree ? 0 : SYNC_BLOCKED;
}

/** Adds permits. False if there would be more than PERMITS_MAX. */
export function add(address: usize, permits: u32): bool {
  const semaphore = changetype<Permits>(address);
  primitives.enter(address);
  const fits = permits <= <u32>PERMITS_MAX - semaphore.available;
  if (fits) semaphore.available += permits;
  settle(address);
  return fits;
}

/** Takes up to so many free permits away for good; returns how many. */
export function forget(address: usize, permits: u32): u32 {
  const semaphore = changetype<Permits>(address);
  enter(address);
  const taken = min(permits, free(semaphore));
  semaphore.available -= taken;
  primitives.leave(address);
  return taken;
}

/** How many permits are free: none while anybody waits. */
export function available(address: usize): u32 {
  const semaphore = changetype<Permits>(address);
  enter(address);
  const count = free(semaphore);
  primitives.leave(address);
  return count;
}

function free(semaphore: Permits): u32 {
  return semaphore.waiters == 0 ? semaphore.available : 0;
}

/** Refuses all who wait and all who come later. Permits that are out stay good. */
export function close(address: usize): void {
  primitives.enter(address);
  changetype<Permits>(address).closed = 1;
  settle(address);
}

/** Gives back some of a stake's permits: so a writer becomes a reader, with nobody in between. */
export function release(address: usize, permits: u32): void {
  const stake = changetype<Stake>(address);
  assert(permits <= stake.permits);
  primitives.enter(stake.primitive);
  stake.permits -= permits;
  changetype<Permits>(stake.primitive).available += permits;
  settle(stake.primitive);
}

/** A stake of the same owner with some of this one's permits, or NO_MEMORY. */
export function split(from: usize, permits: u32): usize {
  const giver = changetype<Stake>(from);
  const taker = stakes.create(giver.primitive, giver.owner, stakes.NOBODY);
  if (taker == 0) return SYNC_NO_MEMORY;
  primitives.enter(giver.primitive);
  stakes.joinLocked(taker, Role.Permits);
  primitives.leave(giver.primitive);
  pass(from, taker, permits);
  return taker;
}

/** Moves some of a stake's permits to another stake of the same owner and primitive. */
export function pass(from: usize, to: usize, permits: u32): void {
  const giver = changetype<Stake>(from);
  const taker = changetype<Stake>(to);
  assert(giver.primitive == taker.primitive && giver.owner == taker.owner);
  assert(permits <= giver.permits);
  giver.permits -= permits;
  taker.permits += permits;
}
