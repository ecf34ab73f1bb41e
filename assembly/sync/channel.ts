/**
 * Many senders, one receiver: with a limit to the messages that wait, or without.
 *
 * A place in a channel with a limit is a permit: who sends or reserves stands in line for it as for
 * a semaphore's, and the receiver, taking a message, puts in that of the first sender who waits.
 *
 * A message that is not taken over stays the caller's: that of every verdict but DONE, and of a
 * wait to send that is over as CLOSED. Giving such a wait up frees it.
 */

import * as heap from "../memory/heap";
import { PRIMITIVE_WAITERS, WORKER_MESSAGE } from "../shared/layout";
import { PERMITS_MAX } from "../shared/limits";
import {
  SYNC_BLOCKED,
  SYNC_BUSY,
  SYNC_CLOSED,
  SYNC_DONE,
  SYNC_NO_MEMORY,
  SYNC_REFUSED,
} from "../shared/verdicts";
import { myWorker } from "../sys/self";
import * as budget from "../task/budget";
import { isEnded } from "./ends";
import * as handles from "./handle";
import * as messages from "./messages";
import { ABANDONED, Channel, CLOSED } from "./messages";
import * as news from "./news";
import * as primitives from "./primitive";
import { Kind } from "./primitive";
import * as semaphore from "./semaphore";
import { settle, stand } from "./settle";
import { Role, Stake } from "./stake";

/**
 * A channel, by its receiver; senders are made from it. No limit is a `capacity` of 0. NO_MEMORY
 * or REFUSED else.
 */
export function create(capacity: u32, blocks: bool, owner: usize): usize {
  if (capacity > <u32>PERMITS_MAX) return SYNC_REFUSED;
  const address = primitives.create(Kind.Channel);
  if (address == 0) return SYNC_NO_MEMORY;
  const channel = changetype<Channel>(address);
  channel.capacity = capacity;
  channel.available = capacity;
  channel.blocks = blocks ? 1 : 0;
  if (capacity > 0 && !messages.makeRing(channel)) {
    primitives.free(address);
    return SYNC_NO_MEMORY;
  }
  const receiver = handles.first(address, Role.Receiver, owner);
  messages.beginIntake(channel);
  return receiver;
}

/** Sends a message as soon as there is room. A verdict, or the stake that waits. */
export function send(address: usize, message: u64, owner: usize, target: u32): usize {
  if (budget.isSpent()) return SYNC_BUSY;
  const verdict = trySend(address, message);
  if (verdict == SYNC_BLOCKED) {
    return stand(address, PRIMITIVE_WAITERS, Role.Sending, 1, message, owner, target);
  }
  budget.proceed();
  return verdict;
}

/**
 * As `send`, but what waits is a stake for a place, as of `reserve`: the message is not sent before
 * its sender goes on, so that one who has given up has not sent. It stands where `news.bring`
 * leaves others: to hand over 64 bits takes a host as long as all that is done here.
 */
export function sendOrReserve(address: usize, owner: usize, target: u32): usize {
  if (budget.isSpent()) return SYNC_BUSY;
  const verdict = trySend(address, load<u64>(myWorker, WORKER_MESSAGE));
  if (verdict == SYNC_BLOCKED) return semaphore.acquire(address, 1, owner, target);
  budget.proceed();
  return verdict;
}

/** DONE, BLOCKED, CLOSED or NO_MEMORY. */
export function trySend(address: usize, message: u64): u32 {
  const channel = changetype<Channel>(address);
  let block: usize = 0;
  primitives.enter(address);
  if (messages.needsBlock(channel)) {
    primitives.leave(address);
    block = messages.allocateBlock();
    if (block == 0) return SYNC_NO_MEMORY;
    primitives.enter(address);
  }
  if (channel.available == 0) messages.regain(channel);
  const verdict = refusal(channel);
  // Another sender may have brought a block meanwhile.
  const takesBlock = verdict == SYNC_DONE && messages.needsBlock(channel);
  if (verdict == SYNC_DONE) {
    messages.put(channel, message, block); // First, as in `oneshot`.
    if (channel.capacity != 0) channel.available -= 1;
  }
  settle(address);
  if (block != 0 && !takesBlock) heap.release(block);
  return verdict;
}

/** DONE, if a message may be sent now, or why not. */
function refusal(channel: Channel): u32 {
  if (channel.closed) return SYNC_CLOSED;
  if (channel.capacity == 0) return SYNC_DONE;
  return channel.waiters == 0 && channel.available > 0 ? SYNC_DONE : SYNC_BLOCKED;
}

/**
 * Reserves places: a stake with as many permits, or one that waits for them. REFUSED if there are
 * never so many; else as a semaphore's `acquire`.
 */
export function reserve(address: usize, places: u32, owner: usize, target: u32): usize {
  if (places > changetype<Channel>(address).capacity) return SYNC_REFUSED;
  return semaphore.acquire(address, places, owner, target);
}

/** Sends to a place that the stake has reserved. A message that nobody will take is freed. */
export function sendReserved(address: usize, message: u64): void {
  const stake = changetype<Stake>(address);
  const channel = changetype<Channel>(stake.primitive);
  assert(stake.permits > 0);
  primitives.enter(stake.primitive);
  const isAbandoned = channel.closed == ABANDONED;
  if (isAbandoned) channel.available += 1;
  else messages.put(channel, message); // First, as in `oneshot`.
  stake.permits -= 1;
  settle(stake.primitive);
  if (isAbandoned) messages.discard(channel, message);
}

/** Takes the next message, if there is one. A verdict, or a stake that waits to ask again. */
export function receive(address: usize, owner: usize, target: u32): usize {
  if (budget.isSpent()) return SYNC_BUSY;
  const verdict = tryReceive(address);
  if (verdict == SYNC_BLOCKED) {
    // Only the caller takes messages: so there was none after the last that it took.
    return news.wait(address, messages.taken(changetype<Channel>(address)), owner, target);
  }
  budget.proceed();
  return verdict;
}

/** DONE, with the message where `news.bring` leaves it; BLOCKED; or CLOSED, if none will come. */
export function tryReceive(address: usize): u32 {
  const channel = changetype<Channel>(address);
  if (messages.known(channel) > 0) {
    const message = messages.peek(channel, 0);
    advance(channel, 1);
    return news.bring(message);
  }
  primitives.enter(address);
  if (messages.count(channel) > 0) {
    const message = messages.take(channel);
    settle(address);
    messages.freeDrained();
    return news.bring(message);
  }
  messages.refreshEnd(channel);
  const verdict = channel.ended ? SYNC_CLOSED : SYNC_BLOCKED;
  primitives.leave(address);
  return verdict;
}

/** Takes what was read, and ends the waits of those who now have a place. */
function advance(channel: Channel, count: u32): void {
  const isCalled = messages.advance(channel, count);
  messages.freeDrained();
  if (!isCalled) return;
  const address = changetype<usize>(channel);
  primitives.enter(address);
  messages.answer(channel);
  settle(address);
}

/**
 * Copies up to `most` of the messages that are there to `into`, and leaves them there; returns how
 * many: of a chain those in one block, of a channel with room for one none.
 */
export function peekMany(address: usize, into: usize, most: u32): u32 {
  const channel = changetype<Channel>(address);
  if (messages.known(channel) == 0) {
    primitives.enter(address);
    messages.look(channel);
    primitives.leave(address);
  }
  const seen = min(most, messages.knownInRow(channel));
  for (let index: u32 = 0; index < seen; index++) {
    store<u64>(into + ((<usize>index) << 3), messages.peek(channel, index));
  }
  messages.freeDrained();
  return seen;
}

/** Takes messages that `peekMany` has shown and that were read, and frees their blocks. */
export function takeRead(address: usize, count: u32): void {
  const channel = changetype<Channel>(address);
  assert(count <= messages.known(channel)); // M4
  if (channel.blocks) {
    for (let index: u32 = 0; index < count; index++) messages.empty(channel, index);
  }
  if (count > 0) advance(channel, count);
}

/** Moves up to `most` messages that are there to `into`; returns how many. */
export function takeMany(address: usize, into: usize, most: u32): u32 {
  const channel = changetype<Channel>(address);
  let moved: u32 = 0;
  // Ends: it moves something in each round but the last.
  while (moved < most) {
    const seen = peekMany(address, into + ((<usize>moved) << 3), most - moved);
    if (seen == 0) return moved;
    advance(channel, seen);
    moved += seen;
  }
  return moved;
}

/** Refuses what is not reserved yet. Messages that are there, and permits, stay good. */
export function close(address: usize): void {
  const channel = changetype<Channel>(address);
  primitives.enter(address);
  if (!channel.closed) channel.closed = CLOSED;
  settle(address);
}

/** Enters a channel whose receiver goes: closes it, and frees what is in it. */
export function enterAbandoned(address: usize): void {
  const channel = changetype<Channel>(address);
  primitives.enter(address);
  channel.closed = ABANDONED;
  // Ends: nothing is put in any more.
  while (messages.count(channel) > 0) {
    const message = messages.take(channel);
    settle(address);
    messages.freeDrained();
    messages.discard(channel, message);
    primitives.enter(address);
  }
}

/** How many messages are there. */
export function length(address: usize): u32 {
  const channel = changetype<Channel>(address);
  primitives.enter(address);
  const count = messages.count(channel);
  primitives.leave(address);
  return count;
}

/** Will nobody send, or nobody take, any more? Messages may be there all the same. */
export function isClosed(address: usize): bool {
  // A plain read: once closed, it stays closed.
  return changetype<Channel>(address).closed != 0 || isEnded(address);
}
