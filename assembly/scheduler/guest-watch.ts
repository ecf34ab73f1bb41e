/**
 * Watches as Wasm tasks use them. A value that was not taken over stays the caller's, as with
 * channels.
 *
 * A receiver keeps the value that it has seen last, and a sender the one that it has borrowed: see
 * `guest-ends`. The version of it is the `message` of the stake.
 */
import * as heap from "../memory/heap";
import { SYNC_DONE, SYNC_REFUSED, SYNC_STAKE } from "../shared/verdicts";
import { Primitive } from "../sync/primitive";
import { Stake } from "../sync/stake";
import * as watch from "../sync/watch";
import { myTask } from "../task/coroutine";
import { keep, keepMessage } from "./guest-ends";
import {
  asHandle,
  find,
  handleOf,
  ownList,
  primitiveOf,
  RECEIVER,
  SENDER,
  stakeOf,
  WATCH,
} from "./guest-handle";
import { stillWaiting, suspends, takeAwaited } from "./guest-sync";

/** A new watch's sender, or NO_MEMORY: then the value is the caller's. */
export function create(value: u64, blocks: bool): usize {
  return asHandle(watch.create(value, blocks, ownList()));
}

/** A receiver that has seen the present value; or NO_MEMORY. */
export function subscribe(sender: usize): usize {
  const receiver = watch.subscribe(primitiveOf(sender, WATCH, SENDER), ownList());
  if (receiver < <usize>SYNC_STAKE) return receiver;
  update(receiver);
  return handleOf(receiver);
}

/** A receiver that has seen what this one has; or NO_MEMORY. */
export function clone(receiver: usize): usize {
  const end = receiverOf(receiver);
  const other = watch.clone(end, ownList());
  if (other < <usize>SYNC_STAKE) return other;
  const kept = changetype<Stake>(end).kept;
  const isBlock = changetype<Primitive>(changetype<Stake>(end).primitive).blocks != 0;
  if (isBlock && kept != 0) heap.share(<usize>kept); // One that TypeScript has made has none yet.
  keepMessage(other, kept);
  return handleOf(other);
}

/** Replaces the value, if anybody listens. DONE, CLOSED or REFUSED. */
export function send(sender: usize, value: u64): u32 {
  const stake = senderOf(sender);
  return stake == 0 ? SYNC_REFUSED : watch.send(changetype<Stake>(stake).primitive, value);
}

/** Replaces the value; the sender keeps the previous one. DONE or REFUSED. */
export function replace(sender: usize, value: u64): u32 {
  const stake = senderOf(sender);
  if (stake == 0) return SYNC_REFUSED;
  watch.replace(changetype<Stake>(stake).primitive, value);
  return keep(stake, SYNC_DONE);
}

/** As `replace`, if the value is still the one that the sender has borrowed last; else BLOCKED. */
export function replaceIf(sender: usize, value: u64): u32 {
  const stake = senderOf(sender);
  if (stake == 0) return SYNC_REFUSED;
  const seen = <u32>changetype<Stake>(stake).message;
  return keep(stake, watch.replaceIf(changetype<Stake>(stake).primitive, seen, value));
}

/** The end keeps the present value, and has seen it. */
export function borrow(end: usize): void {
  update(stakeOf(end, WATCH, SENDER | RECEIVER));
}

function update(end: usize): void {
  watch.borrowAndUpdate(end);
  keep(end, SYNC_DONE);
}

/** The receiver keeps the present value, and what it has seen is as before. */
export function peek(receiver: usize): void {
  const end = receiverOf(receiver);
  watch.borrow(changetype<Stake>(end).primitive);
  keep(end, SYNC_DONE);
}

/** Waits for a value that the receiver has not seen. DONE, CLOSED or NO_MEMORY. */
export function changed(receiver: usize): u32 {
  const verdict = pollChanged(receiver, takeAwaited());
  return suspends(verdict) ? 0 : <u32>verdict;
}

export function pollChanged(receiver: usize, awaited: usize): usize {
  const end = receiverOf(receiver);
  let stake = stillWaiting(awaited);
  // Ends: a wait that is over as it begins has seen a value, or the end.
  while (stake == 0) {
    const verdict = watch.changed(end, ownList(), <u32>myTask);
    if (verdict == SYNC_DONE) update(end);
    if (verdict < <usize>SYNC_STAKE) return verdict;
    stake = stillWaiting(verdict);
  }
  return stake;
}

/** CLOSED if no more values come; DONE if this one was not seen; or BLOCKED. */
export function hasChanged(receiver: usize): u32 {
  return watch.hasChanged(receiverOf(receiver));
}

/** Says whether the receiver has seen the present value. */
export function mark(receiver: usize, hasSeen: bool): void {
  watch.mark(receiverOf(receiver), hasSeen);
}

function senderOf(handle: usize): usize {
  return find(handle, WATCH, SENDER);
}

function receiverOf(handle: usize): usize {
  return stakeOf(handle, WATCH, RECEIVER);
}
