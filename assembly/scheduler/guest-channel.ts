/**
 * Channels as Wasm tasks use them. A message that was not taken over stays the caller's: so whoever
 * sends with a handle that is not good is REFUSED, and does not trap yet.
 */
import { SYNC_DONE, SYNC_REFUSED, SYNC_STAKE } from "../shared/verdicts";
import * as channel from "../sync/channel";
import * as drops from "../sync/drop";
import * as ends from "../sync/ends";
import { Channel } from "../sync/messages";
import * as oneshot from "../sync/oneshot";
import * as pairs from "../sync/pair";
import { Role, Stake } from "../sync/stake";
import { refuseHandle, refuseMessage } from "../sys/host";
import * as budget from "../task/budget";
import { myTask } from "../task/coroutine";
import { keep } from "./guest-ends";
import {
  asHandle,
  CHANNEL,
  find,
  handleOf,
  isAmong,
  ownList,
  ownOf,
  PERMITS,
  peek,
  primitiveOf,
  RECEIVER,
  SENDER,
  stakeOf,
} from "./guest-handle";
import { stillWaiting, suspends, tagged, takeAwaited } from "./guest-sync";

/**
 * A new channel's receiver, and its sender in the upper half; or NO_MEMORY, or REFUSED for too
 * large a limit. 0 is no limit.
 */
export function create(capacity: u32, blocks: bool): u64 {
  const receiver = channel.create(capacity, blocks, ownList());
  if (receiver < <usize>SYNC_STAKE) return receiver;
  const sender = ends.firstSender(receiver);
  if (sender >= <usize>SYNC_STAKE) return handleOf(receiver) | ((<u64>handleOf(sender)) << 32);
  drops.drop(receiver);
  return sender;
}

/** A channel for one message, by its receiver; the sender is HANDLE_SECOND behind. Or NO_MEMORY. */
export function createOneshot(blocks: bool): usize {
  return asHandle(pairs.create(blocks, ownList()));
}

/** Waits for room. DONE, CLOSED, REFUSED or NO_MEMORY. */
export function send(sender: usize, message: u64): u32 {
  let verdict = takeAwaited();
  if (verdict == 0) {
    const stake = senderOf(sender);
    if (stake == 0) return SYNC_REFUSED;
    const address = changetype<Stake>(stake).primitive;
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
  const stake = senderOf(sender);
  if (stake == 0) return SYNC_REFUSED;
  return channel.trySend(changetype<Stake>(stake).primitive, message);
}

/** Sends the only message, and gives the sender up. DONE, CLOSED or REFUSED. */
export function sendOnce(sender: usize, message: u64): u32 {
  const own = peek(sender);
  if (own == 0) return SYNC_REFUSED;
  const stake = changetype<Stake>(own);
  if (stake.role != <u8>Role.Twin) {
    return isAmong(stake, CHANNEL, SENDER) ? oneshot.send(own, message) : SYNC_REFUSED;
  }
  pairs.send(stake, message);
  return SYNC_DONE;
}

/**
 * Sends to a place that a permit has, which goes with the last. DONE, or REFUSED. A message that
 * nobody will receive is freed.
 */
export function sendReserved(permit: usize, message: u64): u32 {
  const stake = find(permit, CHANNEL, PERMITS);
  if (stake == 0 || changetype<Stake>(stake).permits == 0) return SYNC_REFUSED;
  channel.sendReserved(stake, message);
  if (changetype<Stake>(stake).permits == 0) drops.drop(stake);
  return SYNC_DONE;
}

/** Waits for a message. DONE, CLOSED if none will come, or NO_MEMORY. */
export function receive(receiver: usize): u32 {
  const verdict = pollReceive(receiver, takeAwaited());
  return suspends(verdict) ? 0 : <u32>verdict;
}

export function pollReceive(receiver: usize, awaited: usize): usize {
  const end = ownOf(receiver);
  const stake = changetype<Stake>(end);
  if (pairs.hasMessage(stake)) return pairs.receive(stake);
  if (!isAmong(stake, CHANNEL, RECEIVER)) refuseHandle();
  return pollChannel(end, awaited);
}

function pollChannel(end: usize, awaited: usize): usize {
  let stake = stillWaiting(awaited);
  // Ends: a wait that is over as it begins has seen a message, or the end.
  while (stake == 0) {
    const address = changetype<Stake>(end).primitive;
    const verdict = channel.receive(address, ownList(), <u32>myTask);
    if (verdict < <usize>SYNC_STAKE) return keep(end, <u32>verdict);
    stake = stillWaiting(verdict);
  }
  return stake;
}

/** Waits for the only message, and gives the receiver up. Traps if none will come. */
export function receiveOnce(receiver: usize): u64 {
  const awaited = takeAwaited();
  const stake = changetype<Stake>(ownOf(receiver));
  if (pairs.hasMessage(stake) && budget.proceed()) return pairs.take(stake);
  const verdict = pollReceive(receiver, awaited);
  if (suspends(verdict)) return 0;
  if (verdict != SYNC_DONE) refuseMessage();
  const end = receiverOf(receiver);
  const message = changetype<Stake>(end).kept;
  changetype<Stake>(end).kept = 0;
  drops.drop(end);
  return message;
}

/** DONE, BLOCKED or CLOSED. */
export function tryReceive(receiver: usize): u32 {
  const end = receiverOf(receiver);
  return keep(end, channel.tryReceive(changetype<Stake>(end).primitive));
}

/** Moves messages that are there to `into`, up to `most`; returns how many. */
export function receiveMany(receiver: usize, into: usize, most: u32): u32 {
  return channel.takeMany(primitiveOf(receiver, CHANNEL, RECEIVER), into, most);
}

/** How many messages are there. */
export function length(receiver: usize): u32 {
  return channel.length(primitiveOf(receiver, CHANNEL, RECEIVER));
}

/** How many messages there is room for at most, or 0. */
export function maxCapacity(end: usize): u32 {
  const address = primitiveOf(end, CHANNEL, SENDER | RECEIVER);
  return changetype<Channel>(address).capacity; // It never changes.
}

/** Refuses what is sent from now on. Messages that are there stay good. */
export function close(receiver: usize): void {
  channel.close(primitiveOf(receiver, CHANNEL, RECEIVER));
}

function senderOf(handle: usize): usize {
  return find(handle, CHANNEL, SENDER);
}

function receiverOf(handle: usize): usize {
  return stakeOf(handle, CHANNEL, RECEIVER);
}
