/** Ends: stakes of those who send and receive, and what their going means to the others. */
import { PRIMITIVE_SECOND } from "../shared/layout";
import { SYNC_CLOSED, SYNC_NO_MEMORY } from "../shared/verdicts";
import { Channel, refreshEnd } from "./messages";
import * as primitives from "./primitive";
import { Kind, Primitive } from "./primitive";
import * as stakes from "./stake";
import { Role, Stake } from "./stake";

/** Another sender, or NO_MEMORY. The caller has an end. */
export function sender(address: usize, owner: usize): usize {
  return addSender(address, Role.Sender, owner, false);
}

/** The first sender of a channel that only its receiver's owner knows yet. */
export function firstSender(receiver: usize): usize {
  const end = changetype<Stake>(receiver);
  const stake = stakes.createIn(end.primitive, PRIMITIVE_SECOND, end.owner);
  stakes.joinLocked(stake, Role.Sender); // As in `handles.first`.
  changetype<Primitive>(end.primitive).senders = 1;
  return stake;
}

/** One without which the channel may end, or NO_MEMORY. */
export function weakSender(address: usize, owner: usize): usize {
  return addSender(address, Role.WeakSender, owner, false);
}

/** A sender, if there is one; else CLOSED, or NO_MEMORY. */
export function upgrade(address: usize, owner: usize): usize {
  return addSender(address, Role.Sender, owner, true);
}

function addSender(address: usize, role: Role, owner: usize, needsSender: bool): usize {
  const stake = stakes.create(address, owner, stakes.NOBODY);
  if (stake == 0) return SYNC_NO_MEMORY;
  const primitive = changetype<Primitive>(address);
  primitives.enter(address);
  const isRefused = needsSender && primitive.senders == 0;
  if (!isRefused) {
    stakes.joinLocked(stake, role);
    if (role == Role.Sender) primitive.senders += 1;
    else primitive.weakSenders += 1;
    primitive.ended = primitive.senders == 0 ? 1 : 0;
  }
  primitives.leave(address);
  if (!isRefused) return stake;
  stakes.retire(stake);
  return SYNC_CLOSED;
}

/** Takes a sender out of the count, for once: it is a mere handle then. The lock is held. */
export function endSenderLocked(stake: Stake): void {
  const primitive = changetype<Primitive>(stake.primitive);
  if (stake.role == Role.Sender) primitive.senders -= 1;
  else if (stake.role == Role.WeakSender) primitive.weakSenders -= 1;
  primitive.ended = primitive.senders == 0 ? 1 : 0;
  stake.role = <u8>Role.Handle;
}

/** Will no more news come? There may be some that was not read. */
export function isEnded(address: usize): bool {
  const primitive = changetype<Primitive>(address);
  primitives.enter(address);
  if (primitive.kind == Kind.Channel) refreshEnd(changetype<Channel>(primitive));
  const ended = primitive.ended != 0;
  primitives.leave(address);
  return ended;
}
