/**
 * Broadcasts as Wasm tasks use them. To a handle that is not the running task's the answer is
 * REFUSED, or 0. A message that was not taken over stays the caller's.
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
import { ownList, owns, primitiveOf, stillWaiting, suspends, takeAwaited } from "./guest-sync";

/** A new broadcast's sender; or NO_MEMORY, or REFUSED for a capacity of 0. */
export function create(capacity: u32, blocks: bool): usize {
  return broadcast.create(capacity, blocks, ownList());
}

/** A receiver of what is sent from now on; or NO_MEMORY or REFUSED. */
export function subscribe(end: usize): usize {
  const address = primitiveOf(end);
  return address == 0 ? <usize>SYNC_REFUSED : broadcast.subscribe(address, ownList());
}

/** Sends to all. DONE, CLOSED or REFUSED; `reached` says how many they are. */
export function send(sender: usize, message: u64): u32 {
  const address = primitiveOf(sender);
  return address == 0 ? SYNC_REFUSED : broadcast.send(address, message);
}

/** To how many receivers the message has gone that was just sent from here. */
export function reached(): u32 {
  return load<u32>(myWorker, WORKER_MESSAGE);
}

/** Waits for a message. DONE, LAGGED, CLOSED, REFUSED or NO_MEMORY. */
export function receive(receiver: usize): u32 {
  const verdict = pollReceive(receiver, takeAwaited());
  return suspends(verdict) ? 0 : <u32>verdict;
}

export function pollReceive(receiver: usize, awaited: usize): usize {
  if (!owns(receiver)) return SYNC_REFUSED;
  let stake = stillWaiting(awaited);
  // Ends: a wait that is over as it begins has seen a message, or the end.
  while (stake == 0) {
    const verdict = broadcast.receive(receiver, ownList(), <u32>myTask);
    if (verdict < <usize>SYNC_STAKE) return keepOrCount(receiver, <u32>verdict);
    stake = stillWaiting(verdict);
  }
  return stake;
}

/** DONE, BLOCKED, LAGGED, CLOSED or REFUSED. */
export function tryReceive(receiver: usize): u32 {
  if (!owns(receiver)) return SYNC_REFUSED;
  return keepOrCount(receiver, broadcast.tryReceive(receiver));
}

function keepOrCount(receiver: usize, verdict: u32): u32 {
  if (verdict == SYNC_LAGGED) {
    const lost = min<u64>(load<u64>(myWorker, WORKER_MESSAGE), u32.MAX_VALUE);
    changetype<Stake>(receiver).wanted = <u32>lost;
  }
  return keep(receiver, verdict);
}

/** How many messages the receiver has lost as it last lagged. */
export function lost(receiver: usize): u32 {
  return owns(receiver) ? changetype<Stake>(receiver).wanted : 0;
}

/** How many messages the receiver has not seen, lost ones included. */
export function unseen(receiver: usize): u32 {
  return owns(receiver) ? broadcast.unseen(receiver) : 0;
}

/** How many messages are kept for some receiver. */
export function length(sender: usize): u32 {
  const address = primitiveOf(sender);
  return address == 0 ? 0 : broadcast.length(address);
}
