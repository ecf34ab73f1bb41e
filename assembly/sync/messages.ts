/**
 * The messages in a channel: in a ring if there is a limit to their number, else in a chain of
 * blocks. Both are reached by how many messages were ever put in and taken.
 *
 *   ring     block --> | 4 | 5 | 2 | 3 |             the sixth stands where the second was
 *   chain    FROM --> | next | 30 slots |  --> | next | 30 slots | <-- block
 *
 * A message is a number, or a heap block: the address below, its bytes above. The block moves with
 * it, from the sender over the channel to whoever takes it.
 *
 * Invariants
 *   M1  The messages from the TAKEN one to the `version`th are there, in the order of sending.
 *   M2  With a limit, each place is free, promised to a permit, or taken by a message: those that
 *       are neither `available` nor between `regained` and `version` belong to permits that are
 *       out. `regained` follows TAKEN whenever somebody looks for places.
 *   M3  A chain's first block is the one that the last message was taken from: so its sender may
 *       link the next to it.
 *   M4  The next KNOWN messages are there: the receiver has seen them with the lock, and takes
 *       them without. Who waits for a place says so in the word by which it gives places back.
 *
 * What the receiver needs for that stands in its stake, on a cache line that senders leave alone:
 * one that stands in no line and has no permits has room for it. All else belongs to the holder of
 * the channel's lock.
 */
import * as heap from "../memory/heap";
import {
  CHANNEL_CAPACITY,
  CHANNEL_FROM,
  CHANNEL_KNOWN,
  CHANNEL_MASK,
  CHANNEL_REGAINED,
  CHANNEL_TAKEN,
  PRIMITIVE_FIRST,
  PRIMITIVE_SIZE,
  STAKE_MESSAGE,
  STAKE_PERMITS,
} from "../shared/layout";
import * as word from "../sys/atomic";
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
if (CHANNEL_TAKEN + sizeof<u32>() != PRIMITIVE_FIRST + STAKE_PERMITS || CHANNEL_TAKEN % 8 != 0)
  ERROR("a receiver has no room for how many messages it took");
/** Somebody waits for a place. Set with the lock, and cleared by the receiver with it. */
const CALLED: u64 = 1 << 63;

@unmanaged
class ChainBlock {
  next: usize;
  /** Which block of the chain it is. */
  index: u32;
}
if (offsetof<ChainBlock>() != CHAIN_HEADER) ERROR("ChainBlock changed size");

@unmanaged
export class Channel extends Permits {
  /** The limit, or 0. */
  capacity: u32;
  /** How many of the messages that were taken have their places counted in `available`. */
  regained: u64;
}
if (offsetof<Channel>("capacity") != CHANNEL_CAPACITY) ERROR("Channel.capacity moved");
if (offsetof<Channel>("regained") != CHANNEL_REGAINED) ERROR("Channel.regained moved");
if (offsetof<Channel>() != PRIMITIVE_SIZE) ERROR("a channel does not fit a primitive's slot");

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

/** Has the receiver of a new channel take from its ring. */
export function beginIntake(channel: Channel): void {
  const address = changetype<usize>(channel);
  if (channel.capacity <= 1) return; // It is zero: of a chain there is no block yet.
  store<usize>(address, channel.block, CHANNEL_FROM);
  store<u32>(address, ringSlots(channel) - 1, CHANNEL_MASK);
}

/** How many messages were ever taken. Others than the receiver may be late without the lock. */
export function taken(channel: Channel): u64 {
  return word.load64(changetype<usize>(channel) + CHANNEL_TAKEN) & ~CALLED;
}

/** How many messages are there. The lock is held, or the caller is the receiver. */
export function count(channel: Channel): u32 {
  return <u32>(channel.version - taken(channel));
}

/** Counts the places of what was taken meanwhile. The lock is held. */
export function regain(channel: Channel): void {
  regainTo(channel, taken(channel));
}

/**
 * The same for one who then waits: the receiver calls `settle` as soon as it takes more.
 *
 * Needs: a place in the single order of all atomics, with `advance`. What was taken before the call
 * is counted here, and what is taken after it finds the call.
 */
export function callForPlaces(channel: Channel): void {
  regainTo(channel, word.or64(changetype<usize>(channel) + CHANNEL_TAKEN, CALLED) & ~CALLED);
}

function regainTo(channel: Channel, taken: u64): void {
  channel.available += <u32>(taken - channel.regained);
  channel.regained = taken;
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
  const order = channel.version;
  if (channel.capacity == 0 && order % CHAIN_SLOTS == 0) append(channel, block);
  store<u64>(slotOf(channel, order), message);
  channel.version = order + 1; // Last: what is not counted is not there. (M1)
}

/** Where a message that is put in stands. */
function slotOf(channel: Channel, order: u64): usize {
  if (channel.capacity == 0) return chainSlot(channel.block, order);
  if (channel.capacity == 1) return changetype<usize>(channel) + ONLY_SLOT;
  return ringSlot(channel.block, ringSlots(channel) - 1, order);
}

/** Takes the oldest message, which is there, and sees how many come after. The lock is held. */
export function take(channel: Channel): u64 {
  const address = changetype<usize>(channel);
  const message = channel.capacity == 1 ? load<u64>(address, ONLY_SLOT) : peek(channel, 0);
  // Plain: who else writes it has the lock. (M4)
  store<u64>(address, load<u64>(address, CHANNEL_TAKEN) + 1, CHANNEL_TAKEN);
  look(channel);
  regain(channel);
  return message;
}

/** Sees how many messages there are. The lock is held. */
export function look(channel: Channel): void {
  // Where the only message stands, the stake has no room for what is taken without the lock.
  if (channel.capacity != 1) store<u32>(changetype<usize>(channel), count(channel), CHANNEL_KNOWN);
}

/** How many messages the receiver may take without the lock. (M4) */
export function known(channel: Channel): u32 {
  return load<u32>(changetype<usize>(channel), CHANNEL_KNOWN);
}

/** How many of them stand in a row: of a chain, in one block. */
export function knownInRow(channel: Channel): u32 {
  const isChain = load<u32>(changetype<usize>(channel), CHANNEL_MASK) == 0;
  const row = isChain ? <u32>(CHAIN_SLOTS - (taken(channel) % CHAIN_SLOTS)) : u32.MAX_VALUE;
  return min(known(channel), row);
}

/**
 * A message of that row, `ahead` of the oldest one: it is there until `advance`. The receiver alone
 * asks, and frees `myDrained`.
 */
export function peek(channel: Channel, ahead: u32): u64 {
  return load<u64>(peekSlot(channel, ahead));
}

function peekSlot(channel: Channel, ahead: u32): usize {
  const address = changetype<usize>(channel);
  const order = taken(channel) + ahead;
  const mask = load<u32>(address, CHANNEL_MASK);
  if (mask == 0) return chainSlot(chainBlock(address, order), order);
  return ringSlot(load<usize>(address, CHANNEL_FROM), mask, order);
}

/** Frees the block of such a message, which was read and is to be taken. */
export function empty(channel: Channel, ahead: u32): void {
  const slot = peekSlot(channel, ahead);
  const block = <usize>load<u64>(slot);
  store<u64>(slot, 0); // First: a thread that dies in between loses it, and frees none twice.
  if (block != 0) heap.release(block);
}

/**
 * Takes known messages that the receiver has read. True if it has to `answer` with the lock, and to
 * settle.
 *
 * Needs: release, paired with `regain`, so that the places may be written again; and as
 * `callForPlaces`.
 */
export function advance(channel: Channel, count: u32): bool {
  const address = changetype<usize>(channel);
  store<u32>(address, load<u32>(address, CHANNEL_KNOWN) - count, CHANNEL_KNOWN);
  return (word.add64(address + CHANNEL_TAKEN, count) & CALLED) != 0;
}

/** The block that this thread's last `peek` has left, or 0. It is freed without the lock. */
let myDrained: usize = 0;

export function freeDrained(): void {
  const block = myDrained;
  myDrained = 0;
  if (block != 0) heap.release(block);
}

/** Whoever still waits for a place after this says so again. The receiver asks, with the lock. */
export function answer(channel: Channel): void {
  store<u64>(changetype<usize>(channel), taken(channel), CHANNEL_TAKEN); // Plain, as in `take`.
}

/** Finds out whether a message may still come. */
export function refreshEnd(channel: Channel): void {
  const isOpen = !channel.closed && channel.senders > 0;
  const there = <u32>(channel.version - channel.regained);
  const promised = channel.capacity - channel.available - there; // M2
  channel.ended = isOpen || (channel.capacity != 0 && promised != 0) ? 0 : 1;
}

/** Frees what a message has that nobody takes: nothing, if its reader has died as it did so. */
export function discard(channel: Channel, message: u64): void {
  if (channel.blocks && message != 0) heap.release(<usize>message);
}

function append(channel: Channel, block: usize): void {
  assert(block != 0);
  changetype<ChainBlock>(block).next = 0;
  changetype<ChainBlock>(block).index = <u32>(channel.version / CHAIN_SLOTS);
  const last = channel.block;
  if (last == 0) store<usize>(changetype<usize>(channel), block, CHANNEL_FROM);
  else changetype<ChainBlock>(last).next = block;
  channel.block = block;
}

/** The block of a chain that a message stands in: the one that was taken from, or the next. (M3) */
function chainBlock(channel: usize, order: u64): usize {
  const block = load<usize>(channel, CHANNEL_FROM);
  if (changetype<ChainBlock>(block).index == <u32>(order / CHAIN_SLOTS)) return block;
  const next = changetype<ChainBlock>(block).next;
  store<usize>(channel, next, CHANNEL_FROM); // First: a death loses the block, at the most.
  myDrained = block;
  return next;
}

function ringSlots(channel: Channel): u32 {
  return 1 << (32 - clz<u32>(channel.capacity - 1));
}

function ringSlot(block: usize, mask: u32, order: u64): usize {
  return block + (((<u32>order & mask) as usize) << 3);
}

function chainSlot(block: usize, order: u64): usize {
  return block + CHAIN_HEADER + ((<usize>(order % CHAIN_SLOTS)) << 3);
}
