/**
 * What ends of channels of all kinds have in common, as Wasm tasks use them.
 *
 * What an end has received, or borrowed, stays with its stake until the next one comes: so it is
 * read where the guest likes, and goes with the end.
 */
import * as heap from "../memory/heap";
import { WORKER_MESSAGE } from "../shared/layout";
import { SYNC_DONE, SYNC_STAKE } from "../shared/verdicts";
import * as broadcast from "../sync/broadcast";
import * as ends from "../sync/ends";
import * as news from "../sync/news";
import * as pairs from "../sync/pair";
import { Kind, Primitive } from "../sync/primitive";
import { Stake } from "../sync/stake";
import * as watch from "../sync/watch";
import { refuseHandle } from "../sys/host";
import { myWorker } from "../sys/self";
import { myTask } from "../task/coroutine";
import {
  asHandle,
  BROADCAST,
  CHANNEL,
  HANDLE,
  isAmong,
  ownList,
  ownOf,
  primitiveOf,
  RECEIVER,
  SEMAPHORE,
  SENDER,
  WATCH,
  WEAK_SENDER,
} from "./guest-handle";
import { stillWaiting, suspends, takeAwaited } from "./guest-sync";

const CHANNELS: u32 = CHANNEL | WATCH | BROADCAST;
const ENDS: u32 = SENDER | WEAK_SENDER | RECEIVER;

/** Another sender, or NO_MEMORY. */
export function createSender(sender: usize): usize {
  return asHandle(ends.sender(primitiveOf(sender, CHANNELS, SENDER), ownList()));
}

/** A sender without which the channel may end, or NO_MEMORY. */
export function createWeakSender(sender: usize): usize {
  const address = primitiveOf(sender, CHANNELS, SENDER | WEAK_SENDER);
  return asHandle(ends.weakSender(address, ownList()));
}

/** A sender, if there is one; else CLOSED, or NO_MEMORY. */
export function upgrade(weak: usize): usize {
  return asHandle(ends.upgrade(primitiveOf(weak, CHANNELS, WEAK_SENDER), ownList()));
}

/** Waits until nobody takes what is offered, or all that may come has. DONE or NO_MEMORY. */
export function closed(end: usize): u32 {
  const verdict = pollClosed(end, takeAwaited());
  return suspends(verdict) ? 0 : <u32>verdict;
}

export function pollClosed(end: usize, awaited: usize): usize {
  const address = primitiveOf(end, CHANNELS | SEMAPHORE, SENDER | HANDLE);
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
  const address = primitiveOf(end, CHANNELS | SEMAPHORE, ENDS | HANDLE);
  // A plain read: it may be late, as the answer is as soon as it is given.
  return changetype<Primitive>(address).closed != 0;
}

/** Will no more news come? */
export function isEnded(end: usize): bool {
  return ends.isEnded(primitiveOf(end, CHANNELS, ENDS));
}

export function senders(end: usize): u32 {
  // A plain read, as in `isClosed`.
  return changetype<Primitive>(primitiveOf(end, CHANNELS, ENDS)).senders;
}

export function weakSenders(end: usize): u32 {
  return changetype<Primitive>(primitiveOf(end, CHANNELS, ENDS)).weakSenders;
}

/** How many receive what a watch or a broadcast sends. */
export function receivers(end: usize): u32 {
  const address = primitiveOf(end, WATCH | BROADCAST, ENDS);
  const isWatch = changetype<Primitive>(address).kind == Kind.Watch;
  return isWatch ? watch.receivers(address) : broadcast.receivers(address);
}

/** Are both handles of the same? */
export function isSame(one: usize, other: usize): bool {
  return primitiveOf(one, CHANNELS, ENDS) == primitiveOf(other, CHANNELS, ENDS);
}

/** What an end has received or borrowed last, or 0. */
export function message(end: usize): u64 {
  const stake = changetype<Stake>(ownOf(end));
  // A pair may stay one.
  if (!pairs.isOne(stake) && !isAmong(stake, CHANNELS, SENDER | RECEIVER)) refuseHandle();
  return stake.kept;
}

/** Puts what has just come, if the verdict says so, in the place of what came last to a stake. */
export function keep(end: usize, verdict: u32): u32 {
  if (verdict == SYNC_DONE) keepMessage(end, load<u64>(myWorker, WORKER_MESSAGE));
  return verdict;
}

/** As `keep`, of a message of which the end has a share. */
export function keepMessage(end: usize, message: u64): void {
  const stake = changetype<Stake>(end);
  const previous = stake.kept;
  stake.kept = message;
  if (previous != 0 && stake.blocks) heap.release(<usize>previous);
}
