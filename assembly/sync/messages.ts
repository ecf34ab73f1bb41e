/**
 * The messages in a channel: in a ring if there is a limit to their number, else in a chain of
 * blocks. Both are reached by how many messages were ever put in and taken.
 *
 *   ring     block --> | 4 | 5 | 2 | 3 |             the sixth stands where the second was
 *   chain    block --> | next | last | 30 slots |  --> | next | - | 30 slots |
 *
 * A message is a number, or a heap block: the address below, its bytes above. The block moves with
 * it, from the sender over the channel to whoever takes it.
 *
 * Invariants
 *   M1  The messages from the `taken`th to the `version`th are there, in the order of sending.
 *   M2  With a limit, each place is free, promised to a permit, or taken by a message: those that
 *       are neither `available` nor taken belong to permits that are out.
 *   M3  A chain has no block that is all empty.
 *
 * Everything here belongs to the holder of the channel's lock.
 */
import * as heap from "../memory/heap";
import {
  CHANNEL_CAPACITY,
  CHANNEL_TAKEN,
  PRIMITIVE_FIRST,
  PRIMITIVE_SIZE,
  STAKE_MESSAGE,
} from "../shared/layout";
import { Permits } from "./permits";

/** Slots of a block of a chain: they fill a class of the heap. */
const CHAIN_SLOTS: u64 = 30;
/** The bytes of such a block. */
const CHAIN_BYTES: u32 = 248;
/** What stands before the slots. */
const CHAIN_HEADER: usize = 8;
/** The longest ring that a block of the heap holds. */
const RING_MAX: u32 = 1 << 22;

/** Where the only message of a channel with room for one stands: in its first stake. */
const ONLY_SLOT: usize = PRIMITIVE_FIRST + STAKE_MESSAGE;

@unmanaged
export class Channel extends Permits {
  /** The limit, or 0. */
  capacity: u32;
  taken: u64;
}
if (offsetof<Channel>("capacity") != CHANNEL_CAPACITY) ERROR("Channel.capacity moved");
if (offsetof<Channel>("taken") != CHANNEL_TAKEN) ERROR("Channel.taken moved");
if (offsetof<Channel>() != PRIMITIVE_SIZE) ERROR("a channel does not fit a primitive's slot");

@unmanaged
class ChainBlock {
  next: usize;
  /** The newest block. Only the oldest one's is kept up to date. */
  last: usize;
}
if (offsetof<ChainBlock>() != CHAIN_HEADER) ERROR("ChainBlock changed size");

/** A channel is closed by its receiver, who still takes what is there, or it has none any more. */
export const CLOSED: u8 = 1;
export const ABANDONED: u8 = 2;

/** Makes the ring of a new channel. False if memory is full. A single place is in the slot. */
export function makeRing(channel: Channel): bool {
  if (channel.capacity > RING_MAX) return false;
  if (channel.capacity == 1) return true;
  channel.block = heap.allocate(ringSlots(channel) << 3);
  return channel.block != 0;
}

/** How many messages are there. */
export function count(channel: Channel): u32 {
  return <u32>(channel.version - channel.taken);
}

/** Does the next message need a new block? Its sender brings it to `put`. */
export function needsBlock(channel: Channel): bool {
  return channel.capacity == 0 && channel.version % CHAIN_SLOTS == 0;
}

export function allocateBlock(): usize {
  return heap.allocate(CHAIN_BYTES);
}

/** Puts a message in. There is room, or the block that `needsBlock` asked for. */
export function put(channel: Channel, message: u64, block: usize = 0): void {
  let slot = ringSlot(channel, channel.version);
  if (channel.capacity == 0) {
    if (channel.version % CHAIN_SLOTS == 0) append(channel, block);
    const last = changetype<ChainBlock>(channel.block).last;
    slot = chainSlot(last, channel.version);
  }
  store<u64>(slot, message);
  channel.version += 1; // Last: what is not counted is not there. (M1)
}

/** Takes the oldest message; there is one. `myDrained` is then for the caller to free, if not 0. */
export function take(channel: Channel): u64 {
  const order = channel.taken;
  const isRing = channel.capacity != 0;
  const block = channel.block;
  const message = load<u64>(isRing ? ringSlot(channel, order) : chainSlot(block, order));
  if (isRing)
    channel.available += 1; // M2
  else if (order % CHAIN_SLOTS == CHAIN_SLOTS - 1) unlinkFirst(channel); // M3
  channel.taken = order + 1;
  return message;
}

/** The block that this thread's last `take` emptied, or 0. It is freed without the lock. */
export let myDrained: usize = 0;

export function freeDrained(): void {
  const block = myDrained;
  myDrained = 0;
  if (block != 0) heap.release(block);
}

/** Finds out whether a message may still come. */
export function refreshEnd(channel: Channel): void {
  const isOpen = !channel.closed && channel.senders > 0;
  const promised = channel.capacity - channel.available - count(channel); // M2
  channel.ended = isOpen || (channel.capacity != 0 && promised != 0) ? 0 : 1;
}

/** Frees what a message has that nobody takes. */
export function discard(channel: Channel, message: u64): void {
  if (channel.blocks) heap.release(<usize>message);
}

function append(channel: Channel, block: usize): void {
  assert(block != 0);
  changetype<ChainBlock>(block).next = 0;
  const first = channel.block;
  if (first == 0) channel.block = block;
  else changetype<ChainBlock>(changetype<ChainBlock>(first).last).next = block;
  changetype<ChainBlock>(channel.block).last = block;
}

function unlinkFirst(channel: Channel): void {
  const first = channel.block;
  const next = changetype<ChainBlock>(first).next;
  if (next != 0) changetype<ChainBlock>(next).last = changetype<ChainBlock>(first).last;
  channel.block = next;
  myDrained = first;
}

function ringSlots(channel: Channel): u32 {
  return 1 << (32 - clz<u32>(channel.capacity - 1));
}

function ringSlot(channel: Channel, order: u64): usize {
  if (channel.block == 0) return changetype<usize>(channel) + ONLY_SLOT;
  return channel.block + (((<u32>order & (ringSlots(channel) - 1)) as usize) << 3);
}

function chainSlot(block: usize, order: u64): usize {
  return block + CHAIN_HEADER + ((<usize>(order % CHAIN_SLOTS)) << 3);
}
