/**
 * Channels as Wasm tasks use them. To a handle that is not the running task's the answer is
 * REFUSED, or 0. A message that was not taken over stays the caller's.
 *
 * A message that was received stays with the receiver's stake until the next one comes: so it is
 * read where the guest likes, and goes with the receiver.
 */
import { WORKER_MESSAGE } from "../shared/layout";
import { SYNC_DONE, SYNC_REFUSED, SYNC_STAKE } from "../shared/verdicts";
import * as channel from "../sync/channel";
import * as drops from "../sync/drop";
import * as ends from "../sync/ends";
import * as messages from "../sync/messages";
import { Channel } from "../sync/messages";
import * as oneshot from "../sync/oneshot";
import { Stake } from "../sync/stake";
import { myWorker } from "../sys/self";
import { myTask } from "../task/coroutine";
import { ownList, owns, primitiveOf, takeAwaited, waits } from "./guest-sync";

/** A new channel's receiver; or NO_MEMORY, or REFUSED for too large a limit. 0 is no limit. */
export function create(capacity: u32, blocks: bool): usize {
  return channel.create(capacity, blocks, ownList());
}

/** A sender of the channel that an end belongs to, or NO_MEMORY or REFUSED. */
export function createSender(end: usize): usize {
  const address = primitiveOf(end);
  return address == 0 ? <usize>SYNC_REFUSED : ends.sender(address, ownList());
}

/** Waits for room. DONE, CLOSED, REFUSED or NO_MEMORY. */
export function send(sender: usize, message: u64): u32 {
  let verdict = takeAwaited();
  if (verdict == 0) {
    const address = primitiveOf(sender);
    if (address == 0) return SYNC_REFUSED;
    verdict = channel.send(address, message, ownList(), <u32>myTask);
  }
  if (waits(verdict)) return 0;
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

/** Waits for a message. DONE, CLOSED if none will come, or REFUSED or NO_MEMORY. */
export function receive(receiver: usize): u32 {
  const awaited = takeAwaited();
  if (awaited != 0) {
    if (waits(awaited)) return 0;
    drops.drop(awaited);
  }
  const address = primitiveOf(receiver);
  if (address == 0) return SYNC_REFUSED;
  // Ends: a wait that is over as it begins has seen a message, or the end.
  while (true) {
    const verdict = channel.receive(address, ownList(), <u32>myTask);
    if (waits(verdict)) return 0;
    if (verdict < <usize>SYNC_STAKE) return keep(receiver, <u32>verdict);
    drops.drop(verdict);
  }
}

/** DONE, BLOCKED, CLOSED or REFUSED. */
export function tryReceive(receiver: usize): u32 {
  const address = primitiveOf(receiver);
  return address == 0 ? SYNC_REFUSED : keep(receiver, channel.tryReceive(address));
}

/** The message that was received last, or 0. */
export function message(receiver: usize): u64 {
  return owns(receiver) ? changetype<Stake>(receiver).message : 0;
}

/** Refuses what is sent from now on. Messages that are there stay good. */
export function close(receiver: usize): bool {
  const address = primitiveOf(receiver);
  if (address != 0) channel.close(address);
  return address != 0;
}

/** Puts a message that has just come in the place of the last one. */
function keep(receiver: usize, verdict: u32): u32 {
  if (verdict != SYNC_DONE) return verdict;
  const stake = changetype<Stake>(receiver);
  const previous = stake.message;
  stake.message = load<u64>(myWorker, WORKER_MESSAGE);
  if (previous != 0) messages.discard(changetype<Channel>(stake.primitive), previous);
  return verdict;
}
