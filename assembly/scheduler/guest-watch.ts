/**
 * Watches as Wasm tasks use them. To a handle that is not the running task's the answer is REFUSED,
 * or 0. A value that was not taken over stays the caller's.
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
import { ownList, owns, primitiveOf, stillWaiting, suspends, takeAwaited } from "./guest-sync";

/** A new watch's sender, or NO_MEMORY: then the value is the caller's. */
export function create(value: u64, blocks: bool): usize {
  return watch.create(value, blocks, ownList());
}

/** A receiver that has seen the present value; or NO_MEMORY or REFUSED. */
export function subscribe(sender: usize): usize {
  const address = primitiveOf(sender);
  if (address == 0) return SYNC_REFUSED;
  const receiver = watch.subscribe(address, ownList());
  if (receiver >= <usize>SYNC_STAKE) borrow(receiver);
  return receiver;
}

/** A receiver that has seen what this one has; or NO_MEMORY or REFUSED. */
export function clone(receiver: usize): usize {
  if (!owns(receiver)) return SYNC_REFUSED;
  const other = watch.clone(receiver, ownList());
  if (other < <usize>SYNC_STAKE) return other;
  const kept = changetype<Stake>(receiver).kept;
  const isBlock = changetype<Primitive>(primitiveOf(receiver)).blocks != 0;
  if (isBlock) heap.share(<usize>kept); // It has had one since it was made.
  keepMessage(other, kept);
  return other;
}

/** Replaces the value, if anybody listens. DONE, CLOSED or REFUSED. */
export function send(sender: usize, value: u64): u32 {
  const address = primitiveOf(sender);
  return address == 0 ? SYNC_REFUSED : watch.send(address, value);
}

/** Replaces the value; the sender keeps the previous one. DONE or REFUSED. */
export function replace(sender: usize, value: u64): u32 {
  const address = primitiveOf(sender);
  if (address == 0) return SYNC_REFUSED;
  watch.replace(address, value);
  return keep(sender, SYNC_DONE);
}

/** As `replace`, if the value is still the one that the sender has borrowed last; else BLOCKED. */
export function replaceIf(sender: usize, value: u64): u32 {
  const address = primitiveOf(sender);
  if (address == 0) return SYNC_REFUSED;
  const seen = <u32>changetype<Stake>(sender).message;
  return keep(sender, watch.replaceIf(address, seen, value));
}

/** The end keeps the present value, and has seen it. False if it is not the running task's. */
export function borrow(end: usize): bool {
  const isOwn = owns(end);
  if (isOwn) {
    watch.borrowAndUpdate(end);
    keep(end, SYNC_DONE);
  }
  return isOwn;
}

/** The end keeps the present value, and what it has seen is as before. */
export function peek(end: usize): bool {
  const address = primitiveOf(end);
  if (address == 0) return false;
  watch.borrow(address);
  keep(end, SYNC_DONE);
  return true;
}

/** Waits for a value that the receiver has not seen. DONE, CLOSED, REFUSED or NO_MEMORY. */
export function changed(receiver: usize): u32 {
  const verdict = pollChanged(receiver, takeAwaited());
  return suspends(verdict) ? 0 : <u32>verdict;
}

export function pollChanged(receiver: usize, awaited: usize): usize {
  if (!owns(receiver)) return SYNC_REFUSED;
  let stake = stillWaiting(awaited);
  // Ends: a wait that is over as it begins has seen a value, or the end.
  while (stake == 0) {
    const verdict = watch.changed(receiver, ownList(), <u32>myTask);
    if (verdict == SYNC_DONE) borrow(receiver);
    if (verdict < <usize>SYNC_STAKE) return verdict;
    stake = stillWaiting(verdict);
  }
  return stake;
}

/** CLOSED if no more values come; DONE if this one was not seen; BLOCKED or REFUSED. */
export function hasChanged(receiver: usize): u32 {
  return owns(receiver) ? watch.hasChanged(receiver) : SYNC_REFUSED;
}

/** Says whether the receiver has seen the present value. */
export function mark(receiver: usize, hasSeen: bool): bool {
  const isOwn = owns(receiver);
  if (isOwn) watch.mark(receiver, hasSeen);
  return isOwn;
}
