/**
 * Every receiver gets every message, if it is not too late: a ring keeps the latest, and who lags
 * behind it hears how many it has missed.
 *
 * `version` counts the messages; a receiver's stake has how many it has seen. A block is shared
 * with each receiver: all release it, and nobody writes to it.
 *
 * Invariants
 *   O1  A slot's `unread` says how many receivers have still to take its message. At 0 its block is
 *       not the ring's any more.
 *   O2  A receiver is among those counted in each slot from the number it has seen on.
 */
import * as heap from "../memory/heap";
import {
  BROADCAST_CAPACITY,
  BROADCAST_RECEIVERS,
  BROADCAST_SLOT_SIZE,
  BROADCAST_SLOT_UNREAD,
  PRIMITIVE_SIZE,
} from "../shared/layout";
import { BROADCAST_CAPACITY_MAX } from "../shared/limits";
import {
  SYNC_BLOCKED,
  SYNC_BUSY,
  SYNC_CLOSED,
  SYNC_DONE,
  SYNC_LAGGED,
  SYNC_NO_MEMORY,
  SYNC_REFUSED,
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
class Broadcast extends Primitive {
  /** How many messages are kept: a power of two. */
  capacity: u32;
  receivers: u32;
}
if (offsetof<Broadcast>("capacity") != BROADCAST_CAPACITY) ERROR("Broadcast.capacity moved");
if (offsetof<Broadcast>("receivers") != BROADCAST_RECEIVERS) ERROR("receivers moved");
if (offsetof<Broadcast>() > <usize>PRIMITIVE_SIZE) ERROR("Broadcast does not fit its slot");

@unmanaged
class Slot {
  message: u64;
  unread: u32;
  spare: u32;
}
if (offsetof<Slot>("unread") != BROADCAST_SLOT_UNREAD) ERROR("Slot.unread moved");
if (offsetof<Slot>() != BROADCAST_SLOT_SIZE) ERROR("Slot changed size");

/**
 * A broadcast that keeps `capacity` messages, rounded up to a power of two, by its sender. REFUSED
 * for 0, or NO_MEMORY.
 */
export function create(capacity: u32, blocks: bool, owner: usize): usize {
  if (capacity == 0) return SYNC_REFUSED;
  if (capacity > <u32>BROADCAST_CAPACITY_MAX) return SYNC_NO_MEMORY;
  const address = primitives.create(Kind.Broadcast);
  if (address == 0) return SYNC_NO_MEMORY;
  const broadcast = changetype<Broadcast>(address);
  const slots: u32 = 1 << (32 - clz<u32>(capacity - 1));
  const bytes = slots * offsetof<Slot>();
  broadcast.block = heap.allocate(bytes);
  if (broadcast.block == 0) {
    primitives.free(address);
    return SYNC_NO_MEMORY;
  }
  memory.fill(broadcast.block, 0, bytes);
  broadcast.capacity = slots;
  broadcast.closed = 1; // Nobody listens yet.
  broadcast.senders = 1;
  broadcast.blocks = blocks ? 1 : 0;
  return handles.first(address, Role.Sender, owner);
}

/** A receiver of what is sent from now on, or NO_MEMORY. The caller has an end. */
export function subscribe(address: usize, owner: usize): usize {
  const stake = stakes.create(address, owner, stakes.NOBODY);
  if (stake == 0) return SYNC_NO_MEMORY;
  const broadcast = changetype<Broadcast>(address);
  primitives.enter(address);
  changetype<Stake>(stake).message = broadcast.version; // O2
  broadcast.receivers += 1;
  broadcast.closed = 0;
  stakes.joinLocked(stake, Role.Receiver);
  primitives.leave(address);
  return stake;
}

/** Sends to all. DONE, bringing how many that is, or CLOSED: then the message is the caller's. */
export function send(address: usize, message: u64): u32 {
  const broadcast = changetype<Broadcast>(address);
  primitives.enter(address);
  const receivers = broadcast.receivers;
  if (receivers == 0) {
    primitives.leave(address);
    return SYNC_CLOSED;
  }
  const slot = slotOf(broadcast, broadcast.version);
  const hasBlock = broadcast.blocks != 0 && slot.unread > 0;
  const previous = slot.message;
  slot.message = message;
  slot.unread = receivers;
  broadcast.version += 1;
  settle(address);
  if (hasBlock) heap.release(<usize>previous);
  return news.bring(receivers);
}

/**
 * Takes the next message. DONE, with a share in its block; LAGGED, bringing how many are lost;
 * CLOSED, if none will come; or a stake that waits to ask again; or BUSY or NO_MEMORY.
 */
export function receive(receiver: usize, owner: usize, target: u32): usize {
  if (budget.isSpent()) return SYNC_BUSY;
  const verdict = tryReceive(receiver);
  if (verdict == SYNC_BLOCKED) {
    const stake = changetype<Stake>(receiver);
    return news.wait(stake.primitive, stake.message, owner, target);
  }
  budget.proceed();
  return verdict;
}

/** As `receive`, but BLOCKED if there is nothing now. */
export function tryReceive(receiver: usize): u32 {
  const stake = changetype<Stake>(receiver);
  const broadcast = changetype<Broadcast>(stake.primitive);
  primitives.enter(stake.primitive);
  const behind = broadcast.version - stake.message;
  let verdict: u32 = broadcast.ended ? SYNC_CLOSED : SYNC_BLOCKED;
  let message: u64 = 0;
  if (behind > broadcast.capacity) {
    message = behind - broadcast.capacity;
    stake.message += message;
    verdict = SYNC_LAGGED;
  } else if (behind > 0) {
    const slot = slotOf(broadcast, stake.message);
    message = slot.message;
    // The last one gets the ring's own share. (O1)
    if (slot.unread > 1 && broadcast.blocks) heap.share(<usize>message);
    slot.unread -= 1;
    stake.message += 1;
    verdict = SYNC_DONE;
  }
  primitives.leave(stake.primitive);
  if (verdict == SYNC_DONE || verdict == SYNC_LAGGED) news.bring(message);
  return verdict;
}

/** How many receivers there are. */
export function receivers(address: usize): u32 {
  primitives.enter(address);
  const count = changetype<Broadcast>(address).receivers;
  primitives.leave(address);
  return count;
}

/** How many messages a receiver has not seen, lost ones included. */
export function unseen(receiver: usize): u32 {
  const stake = changetype<Stake>(receiver);
  primitives.enter(stake.primitive);
  const count = changetype<Broadcast>(stake.primitive).version - stake.message;
  primitives.leave(stake.primitive);
  return <u32>count;
}

/** How many messages are kept for some receiver. */
export function length(address: usize): u32 {
  const broadcast = changetype<Broadcast>(address);
  primitives.enter(address);
  const kept = <u32>min(broadcast.version, broadcast.capacity);
  // Whoever lacks a message lacks all that came after it: so it is a matter of halving.
  let most = kept;
  let least: u32 = 0;
  while (least < most) {
    const middle = (least + most + 1) >> 1;
    if (slotOf(broadcast, broadcast.version - middle).unread > 0) least = middle;
    else most = middle - 1;
  }
  primitives.leave(address);
  return least;
}

/**
 * Takes what a receiver has not seen off the count, one message a section, as it goes. (O2)
 *
 * It leaves the count of receivers first, and notes in `wanted` how many messages still count it.
 */
export function abandon(receiver: usize): void {
  const stake = changetype<Stake>(receiver);
  const broadcast = changetype<Broadcast>(stake.primitive);
  primitives.enter(stake.primitive);
  // A burial may go on with it: then it has left already.
  if (!stake.permits) leaveLocked(broadcast, stake);
  settle(stake.primitive);
  // Ends: every round counts down.
  while (stake.wanted > 0) {
    primitives.enter(stake.primitive);
    const slot = slotOf(broadcast, stake.message);
    const isKept = broadcast.version - stake.message <= broadcast.capacity;
    const wasLast = isKept && slot.unread == 1;
    const message = slot.message;
    if (isKept) slot.unread -= 1;
    stake.message += 1;
    stake.wanted -= 1;
    primitives.leave(stake.primitive);
    if (wasLast && broadcast.blocks) heap.release(<usize>message);
  }
}

function leaveLocked(broadcast: Broadcast, stake: Stake): void {
  const kept = min(broadcast.version - stake.message, broadcast.capacity);
  stake.message = broadcast.version - kept;
  stake.wanted = <u32>kept;
  stake.permits = 1;
  broadcast.receivers -= 1;
  broadcast.closed = broadcast.receivers == 0 ? 1 : 0;
}

function slotOf(broadcast: Broadcast, order: u64): Slot {
  const index = <usize>(order & (broadcast.capacity - 1));
  return changetype<Slot>(broadcast.block + index * offsetof<Slot>());
}
