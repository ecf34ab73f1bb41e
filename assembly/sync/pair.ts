/**
 * A channel for one message, as long as both ends are one task's and nobody else knows of it. Then
 * it is no more than its two stakes, and nothing has to be locked, counted or told:
 *
 *   first stake    Role.Pair: the receiver; in its owner's list it stands for both
 *   second stake   Role.Twin: the sender, or free once it has sent; in no list
 *
 * Whatever is more than to send, to receive what was sent, and to let go of the receiver then, is
 * done with a channel: `unfold` makes one of it. So does whoever gives up what a task has.
 *
 * Invariants
 *   R1  The primitive has nothing but its kind and what its messages are; its references are 0, so
 *       that an id that is too old opens nothing.
 *   R2  Only the owner's thread touches it. A thread that dies leaves it folded or unfolded.
 */
import * as heap from "../memory/heap";
import * as slab from "../memory/slab";
import {
  CHANNEL_KNOWN,
  CHANNEL_TAKEN,
  PRIMITIVE_FIRST,
  PRIMITIVE_GENERATION,
  PRIMITIVE_SECOND,
  PRIMITIVE_SIZE,
} from "../shared/layout";
import { SYNC_BUSY, SYNC_DONE, SYNC_NO_MEMORY } from "../shared/verdicts";
import * as budget from "../task/budget";
import { Channel } from "./messages";
import * as primitives from "./primitive";
import { Kind, Primitive } from "./primitive";
import * as stakes from "./stake";
import { Role, Stake } from "./stake";

/** How far it has come; in the `permits` of the receiver. */
const enum Stage {
  Empty,
  Sent,
  Received,
}

/** Both ends of a new channel: its receiver, and `senderOf` that. Or NO_MEMORY. */
export function create(blocks: bool, owner: usize): usize {
  const address = primitives.takeSlot();
  if (address == 0) return SYNC_NO_MEMORY;
  const primitive = changetype<Primitive>(address);
  assert(primitive.references == 0); // R1
  primitive.kind = <u8>Kind.Channel;
  primitive.blocks = blocks ? 1 : 0;
  const sender = changetype<Stake>(address + PRIMITIVE_SECOND);
  stakes.lay(sender, primitive, Role.Twin, owner);
  const receiver = changetype<Stake>(address + PRIMITIVE_FIRST);
  stakes.lay(receiver, primitive, Role.Pair, owner);
  receiver.permits = Stage.Empty;
  receiver.wanted = primitive.blocks;
  stakes.link(receiver);
  return changetype<usize>(receiver);
}

/** Is a stake one of a pair? */
export function isOne(stake: Stake): bool {
  return stake.role >= <u8>Role.Pair;
}

/** Sends, and gives the sender up. */
export function send(sender: Stake, message: u64): void {
  const receiver = changetype<Stake>(sender.primitive + PRIMITIVE_FIRST);
  receiver.message = message;
  receiver.permits = Stage.Sent;
  stakes.lift(sender);
}

/** Was a message sent, and not received yet? */
export function hasMessage(receiver: Stake): bool {
  return receiver.role == <u8>Role.Pair && receiver.permits == Stage.Sent;
}

/** Receives the message that was sent, and keeps it. DONE, or BUSY. */
export function receive(receiver: Stake): u32 {
  if (!budget.proceed()) return SYNC_BUSY;
  receiver.kept = receiver.message;
  receiver.permits = Stage.Received;
  return SYNC_DONE;
}

/** Receives the message that was sent, and gives the receiver up. */
export function take(receiver: Stake): u64 {
  const message = receiver.message;
  end(receiver);
  return message;
}

/** Gives the receiver up, if that is the end of it all; else there must be a channel. */
export function drop(receiver: Stake): bool {
  const stage = receiver.permits;
  if (receiver.role != <u8>Role.Pair || stage == Stage.Empty) return false;
  const message = stage == Stage.Sent ? receiver.message : receiver.kept;
  const blocks = receiver.wanted != 0;
  end(receiver);
  if (blocks) heap.release(<usize>message);
  return true;
}

/** Frees a pair of which there is nothing but the receiver. */
function end(receiver: Stake): void {
  stakes.unlink(receiver);
  stakes.lift(receiver);
  primitives.giveSlot(receiver.primitive);
}

/** Makes a pair a channel, with the ends and the message that there are. */
export function unfold(one: Stake): void {
  const address = one.primitive;
  const receiver = changetype<Stake>(address + PRIMITIVE_FIRST);
  const sender = changetype<Stake>(address + PRIMITIVE_SECOND);
  const channel = changetype<Channel>(address);
  const stage = receiver.permits;
  slab.clear(address, PRIMITIVE_SIZE, PRIMITIVE_GENERATION);
  if (stage == Stage.Empty) stakes.link(sender);
  // From here to the end nothing is called: a thread that dies has done all of it or nothing.
  channel.kind = <u8>Kind.Channel;
  channel.blocks = <u8>receiver.wanted;
  channel.capacity = 1;
  channel.available = stage == Stage.Sent ? 0 : 1;
  channel.version = stage == Stage.Empty ? 0 : 1;
  channel.regained = stage == Stage.Received ? 1 : 0;
  channel.senders = stage == Stage.Empty ? 1 : 0;
  channel.references = channel.senders + 1;
  store<u64>(address, channel.regained, CHANNEL_TAKEN); // In the place of the stage.
  store<u32>(address, 0, CHANNEL_KNOWN);
  receiver.role = <u8>Role.Receiver;
  if (stage == Stage.Empty) sender.role = <u8>Role.Sender;
  stakes.count(channel.references);
}
