/**
 * One value that is replaced, and receivers that learn of it: each of them only of the latest.
 *
 * `version` counts the values; a receiver's stake has the one that it has seen. A block that is
 * somebody's value is shared with whoever borrows it: all release it, and nobody writes to it.
 */
import * as heap from "../memory/heap";
import { PRIMITIVE_SIZE, WATCH_RECEIVERS, WATCH_VALUE } from "../shared/layout";
import {
  SYNC_BLOCKED,
  SYNC_BUSY,
  SYNC_CLOSED,
  SYNC_DONE,
  SYNC_NO_MEMORY,
  SYNC_STAKE,
} from "../shared/verdicts";
import * as budget from "../task/budget";
import * as handles from "./handle";
import * as news from "./news";
import * as primitives from "./primitive";
import { Kind, Primitive } from "./primitive";
import { settle } from "./settle";
import * as stakes from "./stake";
import { Role, Stake } from "./stake";

@unmanaged
class Watch extends Primitive {
  /** `block` is its block, if it has one. */
  value: u64;
  receivers: u32;
}
if (offsetof<Watch>("value") != WATCH_VALUE) ERROR("Watch.value moved");
if (offsetof<Watch>("receivers") != WATCH_RECEIVERS) ERROR("Watch.receivers moved");
if (offsetof<Watch>() > <usize>PRIMITIVE_SIZE) ERROR("Watch does not fit a primitive's slot");

/** With a first value and no receivers, by its sender; or NO_MEMORY: the value is the caller's. */
export function create(value: u64, blocks: bool, owner: usize): usize {
  const address = primitives.create(Kind.Watch);
  if (address == 0) return SYNC_NO_MEMORY;
  const watch = changetype<Watch>(address);
  watch.closed = 1; // Nobody listens yet.
  watch.senders = 1;
  watch.blocks = blocks ? 1 : 0;
  set(watch, value); // Nobody else knows the watch yet.
  return handles.first(address, Role.Sender, owner);
}

function set(watch: Watch, value: u64): void {
  watch.value = value;
  if (watch.blocks) watch.block = <usize>value;
}

/** A receiver that has seen the present value, or NO_MEMORY. The caller has an end. */
export function subscribe(address: usize, owner: usize): usize {
  const stake = stakes.create(address, owner, stakes.NOBODY);
  if (stake == 0) return SYNC_NO_MEMORY;
  const watch = changetype<Watch>(address);
  primitives.enter(address);
  changetype<Stake>(stake).message = watch.version;
  watch.receivers += 1;
  watch.closed = 0;
  stakes.joinLocked(stake, Role.Receiver);
  primitives.leave(address);
  return stake;
}

/** Another receiver, that has seen what this one has, or NO_MEMORY. */
export function clone(receiver: usize, owner: usize): usize {
  const original = changetype<Stake>(receiver);
  const stake = subscribe(original.primitive, owner);
  // Its owner's alone: only who looks whether there is news, or waits for it, reads it.
  if (stake >= <usize>SYNC_STAKE) changetype<Stake>(stake).message = original.message;
  return stake;
}

/** Takes a receiver out of the count, for once: it is a mere handle then. The lock is held. */
export function endReceiverLocked(stake: Stake): void {
  const watch = changetype<Watch>(stake.primitive);
  watch.receivers -= 1;
  watch.closed = watch.receivers == 0 ? 1 : 0;
  stake.role = <u8>Role.Handle;
}

/** Replaces the value, if anybody listens. DONE, or CLOSED: then the value is the caller's. */
export function send(address: usize, value: u64): u32 {
  const watch = changetype<Watch>(address);
  primitives.enter(address);
  if (watch.closed) {
    primitives.leave(address);
    return SYNC_CLOSED;
  }
  const previous = replaceLocked(watch, value);
  settle(address);
  if (watch.blocks) heap.release(<usize>previous);
  return SYNC_DONE;
}

/** Replaces the value. Brings the previous one, which is the caller's. */
export function replace(address: usize, value: u64): void {
  primitives.enter(address);
  const previous = replaceLocked(changetype<Watch>(address), value);
  settle(address);
  news.bring(previous);
}

/**
 * As `replace`, if the version is still `seen`, as `borrow` returned it: so that a value is made of
 * the one before. Else BLOCKED.
 */
export function replaceIf(address: usize, seen: u32, value: u64): u32 {
  const watch = changetype<Watch>(address);
  primitives.enter(address);
  if (<u32>watch.version != seen) {
    primitives.leave(address);
    return SYNC_BLOCKED;
  }
  const previous = replaceLocked(watch, value);
  settle(address);
  return news.bring(previous);
}

function replaceLocked(watch: Watch, value: u64): u64 {
  const previous = watch.value;
  set(watch, value);
  watch.version += 1;
  return previous;
}

/** Brings the value, with a share in its block. Returns its version. */
export function borrow(address: usize): u32 {
  primitives.enter(address);
  return lend(changetype<Watch>(address));
}

/** As `borrow`, and the receiver has seen it. */
export function borrowAndUpdate(receiver: usize): u32 {
  const stake = changetype<Stake>(receiver);
  const watch = changetype<Watch>(stake.primitive);
  primitives.enter(stake.primitive);
  stake.message = watch.version;
  return lend(watch);
}

function lend(watch: Watch): u32 {
  const value = watch.value;
  const version = <u32>watch.version;
  if (watch.blocks) heap.share(<usize>value);
  primitives.leave(changetype<usize>(watch));
  news.bring(value);
  return version;
}

/**
 * Waits for a value that the receiver has not seen. DONE, and it has seen it now; CLOSED, if none
 * will come; or a stake that waits to ask again; or BUSY or NO_MEMORY.
 */
export function changed(receiver: usize, owner: usize, target: u32): usize {
  if (budget.isSpent()) return SYNC_BUSY;
  const stake = changetype<Stake>(receiver);
  const watch = changetype<Watch>(stake.primitive);
  primitives.enter(stake.primitive);
  const isNew = watch.version != stake.message;
  const isEnded = watch.ended != 0;
  if (isNew) stake.message = watch.version;
  primitives.leave(stake.primitive);
  if (!isNew && !isEnded) return news.wait(stake.primitive, stake.message, owner, target);
  budget.proceed();
  return isNew ? SYNC_DONE : SYNC_CLOSED;
}

/** CLOSED, if no more values come; DONE, if the receiver has not seen this one; or BLOCKED. */
export function hasChanged(receiver: usize): u32 {
  const stake = changetype<Stake>(receiver);
  const watch = changetype<Watch>(stake.primitive);
  primitives.enter(stake.primitive);
  const verdict = watch.ended
    ? SYNC_CLOSED
    : watch.version != stake.message
      ? SYNC_DONE
      : SYNC_BLOCKED;
  primitives.leave(stake.primitive);
  return verdict;
}

/** How many receivers there are. */
export function receivers(address: usize): u32 {
  primitives.enter(address);
  const count = changetype<Watch>(address).receivers;
  primitives.leave(address);
  return count;
}

/** Says whether the receiver has seen the present value. */
export function mark(receiver: usize, hasSeen: bool): void {
  const stake = changetype<Stake>(receiver);
  primitives.enter(stake.primitive);
  const version = changetype<Watch>(stake.primitive).version;
  stake.message = hasSeen ? version : version - 1;
  primitives.leave(stake.primitive);
}
