/**
 * Channels as Wasm tasks use them. To a handle that is not the running task's the answer is
 * REFUSED, or 0. A message that was not taken over stays the caller's.
 */
import { SYNC_DONE, SYNC_REFUSED, SYNC_STAKE } from "../shared/verdicts";
import * as channel from "../sync/channel";
import * as drops from "../sync/drop";
import * as ends from "../sync/ends";
import { Channel } from "../sync/messages";
import * as oneshot from "../sync/oneshot";
import { Stake } from "../sync/stake";
import { myTask } from "../task/coroutine";
import { keep } from "./guest-ends";
import {
  ownList,
  owns,
  primitiveOf,
  stillWaiting,
  suspends,
  tagged,
  takeAwaited,
} from "./guest-sync";

/**
 * A new channel's receiver, and its sender in the upper half; or NO_MEMORY, or REFUSED for too
 * large a limit. 0 is no limit.
 */
export function create(capacity: u32, blocks: bool): u64 {
  const receiver = channel.create(capacity, blocks, ownList());
  if (receiver < <usize>SYNC_STAKE) return receiver;
  const sender = ends.firstSender(receiver);
  if (sender >= <usize>SYNC_STAKE) return receiver | ((<u64>sender) << 32);
  drops.drop(receiver);
  return sender;
}

/** Waits for room. DONE, CLOSED, REFUSED or NO_MEMORY. */
export function send(sender: usize, message: u64): u32 {
  let verdict = takeAwaited();
  if (verdict == 0) {
    const address = primitiveOf(sender);
    if (address == 0) return SYNC_REFUSED;
    verdict = channel.send(address, message, ownList(), <u32>myTask);
  }
  if (suspends(tagged(verdict))) return 0;
  if (verdict < <usize>SYNC_STAKE) return <u32>verdict;
  const outcome = changetype<Stake>(verdict).outcome;
  drops.finish(verdict);
  return outcome;
}

/** DONE, BLOCKED, CLOSED, REFUSED or NO_MEMORY. */
export function trySend(sender: usize, message: u64): u32 {
  const address = primitiveOf(sender);
  return address == 0 ? SYNC_REFUSED : channel.trySend(address, message);
}

/** Sends the only message, and gives the sender up. DONE, CLOSED or REFUSED. */
export function sendOnce(sender: usize, message: u64): u32 {
  return owns(sender) ? oneshot.send(sender, message) : SYNC_REFUSED;
}

/**
 * Sends to a place that a permit has, which goes with the last. DONE, or REFUSED. A message that
 * nobody will receive is freed.
 */
export function sendReserved(permit: usize, message: u64): u32 {
  if (!owns(permit) || changetype<Stake>(permit).permits == 0) return SYNC_REFUSED;
  channel.sendReserved(permit, message);
  if (changetype<Stake>(permit).permits == 0) drops.drop(permit);
  return SYNC_DONE;
}

/** Waits for a message. DONE, CLOSED if none will come, or REFUSED or NO_MEMORY. */
export function receive(receiver: usize): u32 {
  const verdict = pollReceive(receiver, takeAwaited());
  return suspends(verdict) ? 0 : <u32>verdict;
}

export function pollReceive(receiver: usize, awaited: usize): usize {
  const address = primitiveOf(receiver);
  if (address == 0) return SYNC_REFUSED;
  let stake = stillWaiting(awaited);
  // Ends: a wait that is over as it begins has seen a message, or the end.
  while (stake == 0) {
    const verdict = channel.receive(address, ownList(), <u32>myTask);
    if (verdict < <usize>SYNC_STAKE) return keep(receiver, <u32>verdict);
    stake = stillWaiting(verdict);
  }
  return stake;
}

/** DONE, BLOCKED, CLOSED or REFUSED. */
export function tryReceive(receiver: usize): u32 {
  const address = primitiveOf(receiver);
  return address == 0 ? SYNC_REFUSED : keep(receiver, channel.tryReceive(address));
}

/** Moves messages that are there to `into`, up to `most`; returns how many. */
export function receiveMany(receiver: usize, into: usize, most: u32): u32 {
  const address = primitiveOf(receiver);
  return address == 0 ? 0 : channel.takeMany(address, into, most);
}

/** How many messages are there. */
export function length(receiver: usize): u32 {
  const address = primitiveOf(receiver);
  return address == 0 ? 0 : channel.length(address);
}

/** How many messages there is room for at most, or 0. */
export function maxCapacity(end: usize): u32 {
  const address = primitiveOf(end);
  return address == 0 ? 0 : changetype<Channel>(address).capacity; // It never changes.
}

/** Refuses what is sent from now on. Messages that are there stay good. */
export function close(receiver: usize): bool {
  const address = primitiveOf(receiver);
  if (address != 0) channel.close(address);
  return address != 0;
}
