/**
 * Broadcasts as Wasm tasks use them. A message that was not taken over stays the caller's, as with
 * channels.
 *
 * A receiver keeps the message that came last, see `guest-ends`; and in its `wanted`, which nobody
 * else needs before it goes, how many messages it has lost last.
 */
import { WORKER_MESSAGE } from "../shared/layout";
import { SYNC_LAGGED, SYNC_REFUSED, SYNC_STAKE } from "../shared/verdicts";
import * as broadcast from "../sync/broadcast";
import { Stake } from "../sync/stake";
import { myWorker } from "../sys/self";
import { myTask } from "../task/coroutine";
import { keep } from "./guest-ends";
import {
  asHandle,
  BROADCAST,
  find,
  ownList,
  primitiveOf,
  RECEIVER,
  SENDER,
  stakeOf,
} from "./guest-handle";
import { stillWaiting, suspends, takeAwaited } from "./guest-sync";

/** A new broadcast's sender; or NO_MEMORY, or REFUSED for a capacity of 0. */
export function create(capacity: u32, blocks: bool): usize {
  return asHandle(broadcast.create(capacity, blocks, ownList()));
}

/** A receiver of what is sent from now on; or NO_MEMORY. */
export function subscribe(end: usize): usize {
  const address = primitiveOf(end, BROADCAST, SENDER | RECEIVER);
  return asHandle(broadcast.subscribe(address, ownList()));
}

/** Sends to all. DONE, CLOSED or REFUSED; `reached` says how many they are. */
export function send(sender: usize, message: u64): u32 {
  const stake = find(sender, BROADCAST, SENDER);
  if (stake == 0) return SYNC_REFUSED;
  return broadcast.send(changetype<Stake>(stake).primitive, message);
}

/** To how many receivers the message has gone that was just sent from here. */
export function reached(): u32 {
  return load<u32>(myWorker, WORKER_MESSAGE);
}

/** Waits for a message. DONE, LAGGED, CLOSED or NO_MEMORY. */
export function receive(receiver: usize): u32 {
  const verdict = pollReceive(receiver, takeAwaited());
  return suspends(verdict) ? 0 : <u32>verdict;
}

export function pollReceive(receiver: usize, awaited: usize): usize {
  const end = receiverOf(receiver);
  let stake = stillWaiting(awaited);
  // Ends: a wait that is over as it begins has seen a message, or the end.
  while (stake == 0) {
    const verdict = broadcast.receive(end, ownList(), <u32>myTask);
    if (verdict < <usize>SYNC_STAKE) return keepOrCount(end, <u32>verdict);
    stake = stillWaiting(verdict);
  }
  return stake;
}

/** DONE, BLOCKED, LAGGED or CLOSED. */
export function tryReceive(receiver: usize): u32 {
  const end = receiverOf(receiver);
  return keepOrCount(end, broadcast.tryReceive(end));
}

function keepOrCount(end: usize, verdict: u32): u32 {
  if (verdict == SYNC_LAGGED) {
    const lost = min<u64>(load<u64>(myWorker, WORKER_MESSAGE), u32.MAX_VALUE);
    changetype<Stake>(end).wanted = <u32>lost;
  }
  return keep(end, verdict);
}

/** How many messages the receiver has lost as it last lagged. */
export function lost(receiver: usize): u32 {
  return changetype<Stake>(receiverOf(receiver)).wanted;
}

/** How many messages the receiver has not seen, lost ones included. */
export function unseen(receiver: usize): u32 {
  return broadcast.unseen(receiverOf(receiver));
}

/** How many messages are kept for some receiver. */
export function length(sender: usize): u32 {
  return broadcast.length(primitiveOf(sender, BROADCAST, SENDER));
}

function receiverOf(handle: usize): usize {
  return stakeOf(handle, BROADCAST, RECEIVER);
}
