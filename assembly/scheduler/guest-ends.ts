/**
 * What ends of channels of all kinds have in common, as Wasm tasks use them. To a handle that is
 * not the running task's the answer is REFUSED, or 0.
 *
 * What an end has received, or borrowed, stays with its stake until the next one comes: so it is
 * read where the guest likes, and goes with the end.
 */
import * as heap from "../memory/heap";
import { WORKER_MESSAGE } from "../shared/layout";
import { SYNC_DONE, SYNC_REFUSED, SYNC_STAKE } from "../shared/verdicts";
import * as broadcast from "../sync/broadcast";
import * as ends from "../sync/ends";
import * as news from "../sync/news";
import { Kind, Primitive } from "../sync/primitive";
import { Stake } from "../sync/stake";
import * as watch from "../sync/watch";
import { myWorker } from "../sys/self";
import { myTask } from "../task/coroutine";
import { ownList, owns, primitiveOf, stillWaiting, suspends, takeAwaited } from "./guest-sync";

/** A sender of the channel that an end belongs to, or NO_MEMORY or REFUSED. */
export function createSender(end: usize): usize {
  const address = primitiveOf(end);
  return address == 0 ? <usize>SYNC_REFUSED : ends.sender(address, ownList());
}

/** A sender without which the channel may end, or NO_MEMORY or REFUSED. */
export function createWeakSender(end: usize): usize {
  const address = primitiveOf(end);
  return address == 0 ? <usize>SYNC_REFUSED : ends.weakSender(address, ownList());
}

/** A sender, if there is one; else CLOSED, or NO_MEMORY or REFUSED. */
export function upgrade(weak: usize): usize {
  const address = primitiveOf(weak);
  return address == 0 ? <usize>SYNC_REFUSED : ends.upgrade(address, ownList());
}

/** Waits until nobody takes what is offered, or all that may come has. DONE, REFUSED, NO_MEMORY. */
export function closed(end: usize): u32 {
  const verdict = pollClosed(end, takeAwaited());
  return suspends(verdict) ? 0 : <u32>verdict;
}

export function pollClosed(end: usize, awaited: usize): usize {
  const address = primitiveOf(end);
  if (address == 0) return SYNC_REFUSED;
  let stake = stillWaiting(awaited);
  // Ends: a wait that is over as it begins has seen the close.
  while (stake == 0) {
    const verdict = news.closed(address, ownList(), <u32>myTask);
    if (verdict < <usize>SYNC_STAKE) return verdict;
    stake = stillWaiting(verdict);
  }
  return stake;
}

/** Does nobody take what is offered, or has it been closed? */
export function isClosed(end: usize): bool {
  const address = primitiveOf(end);
  // A plain read: it may be late, as the answer is as soon as it is given.
  return address != 0 && changetype<Primitive>(address).closed != 0;
}

/** Will no more news come? */
export function isEnded(end: usize): bool {
  const address = primitiveOf(end);
  return address != 0 && ends.isEnded(address);
}

export function senders(end: usize): u32 {
  const address = primitiveOf(end);
  // Plain reads, as in `isClosed`.
  return address == 0 ? 0 : changetype<Primitive>(address).senders;
}

export function weakSenders(end: usize): u32 {
  const address = primitiveOf(end);
  return address == 0 ? 0 : changetype<Primitive>(address).weakSenders;
}

/** How many receive what a watch or a broadcast sends. */
export function receivers(end: usize): u32 {
  const address = primitiveOf(end);
  if (address == 0) return 0;
  const isWatch = changetype<Primitive>(address).kind == Kind.Watch;
  return isWatch ? watch.receivers(address) : broadcast.receivers(address);
}

/** Are both handles of the same? */
export function isSame(one: usize, other: usize): bool {
  const address = primitiveOf(one);
  return address != 0 && address == primitiveOf(other);
}

/** What an end has received or borrowed last, or 0. */
export function message(end: usize): u64 {
  return owns(end) ? changetype<Stake>(end).kept : 0;
}

/** Puts what has just come, if the verdict says so, in the place of what came last. */
export function keep(end: usize, verdict: u32): u32 {
  if (verdict == SYNC_DONE) keepMessage(end, load<u64>(myWorker, WORKER_MESSAGE));
  return verdict;
}

/** As `keep`, of a message of which the end has a share. */
export function keepMessage(end: usize, message: u64): void {
  const stake = changetype<Stake>(end);
  const previous = stake.kept;
  stake.kept = message;
  if (previous == 0 || !changetype<Primitive>(stake.primitive).blocks) return;
  heap.release(<usize>previous);
}
