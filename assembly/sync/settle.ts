/**
 * Whose wait has ended: found from the numbers of a primitive, whatever changed them.
 *
 *   line of    who                         waits until
 *   waiters    Permits, Sending            there are as many permits as it wants, or it is closed
 *   readers    News, Notified              the version is not the one it has seen, or it has ended
 *   closers    Closed                      it is closed; of a token, its own is cancelled
 *
 * Those who wait for a socket are told of all news, as `socket.ts` says.
 *
 * Lines are first come, first served: nobody passes the first, even if there is enough for the
 * second and not for the first.
 */
import { PRIMITIVE_CLOSERS, PRIMITIVE_READERS, PRIMITIVE_WAITERS } from "../shared/layout";
import { SYNC_CLOSED, SYNC_DONE, SYNC_NO_MEMORY } from "../shared/verdicts";
import * as lineage from "./lineage";
import * as messages from "./messages";
import { Channel } from "./messages";
import { Permits } from "./permits";
import * as primitives from "./primitive";
import { Kind, Primitive } from "./primitive";
import * as sockets from "./socket";
import { Socket } from "./socket";
import * as stakes from "./stake";
import { Role, Stake } from "./stake";

/**
 * Ends a section that has changed something: ends every wait that is over by now, each in a section
 * of its own, and tells its owner in between. Takes the part of `leaving` away in the last of them,
 * unless it is 0. `owed` is what the caller has granted by itself.
 */
export function settle(address: usize, leaving: usize = 0, owed: usize = 0): void {
  const primitive = changetype<Primitive>(address);
  let next = owed;
  // Ends: each round but the first shortens a line, and nobody joins one whose wait is over.
  while (true) {
    if (next == 0 && hasLines(primitive)) next = grantNextLocked(primitive);
    const isOver = next == 0 || !hasLines(primitive);
    const wasLast = isOver && leaving != 0 && stakes.partLocked(leaving);
    if (wasLast) primitives.leaveLast(address);
    else if (isOver) primitives.leave(address);
    else primitives.pause(address);
    if (next != 0) stakes.tell(next);
    if (isOver) return;
    next = 0;
    primitives.enter(address);
  }
}

/** Registers a wait whose end is found here, perhaps at once. The stake, or NO_MEMORY. */
export function stand(
  address: usize,
  line: usize,
  role: Role,
  wanted: u32,
  message: u64,
  owner: usize,
  target: u32,
): usize {
  const stake = stakes.create(address, owner, target);
  if (stake == 0) return SYNC_NO_MEMORY;
  changetype<Stake>(stake).wanted = wanted;
  changetype<Stake>(stake).message = message;
  primitives.enter(address);
  stakes.joinLocked(stake, role);
  stakes.waitLocked(address + line, stake);
  settle(address);
  return stake;
}

function hasLines(primitive: Primitive): bool {
  return (primitive.waiters | primitive.readers | primitive.closers) != 0;
}

/** Ends one wait that is over. Returns what is owed for it, or 0 if there is none. */
function grantNextLocked(primitive: Primitive): usize {
  if (primitive.kind == Kind.Socket) return sockets.grantNextLocked(changetype<Socket>(primitive));
  const waiter = primitive.waiters;
  if (waiter != 0) {
    const owed = servePermitsLocked(changetype<Permits>(primitive), waiter);
    if (owed != 0) return owed;
  }
  const reader = primitive.readers;
  if (reader != 0) {
    const line = changetype<usize>(primitive) + PRIMITIVE_READERS;
    const isNews = changetype<Stake>(reader).message != primitive.version;
    if (isNews) return stakes.grantLocked(line, reader, SYNC_DONE);
    if (primitive.kind == Kind.Channel) messages.refreshEnd(changetype<Channel>(primitive));
    if (primitive.ended) return stakes.grantLocked(line, reader, SYNC_CLOSED);
  }
  const closer = firstClosed(primitive);
  if (closer == 0) return 0;
  const line = changetype<usize>(primitive) + PRIMITIVE_CLOSERS;
  return stakes.grantLocked(line, closer, SYNC_DONE);
}

/** The first of those who wait for its end, if that has come; or 0. */
function firstClosed(primitive: Primitive): usize {
  const closer = primitive.closers;
  if (closer == 0) return 0;
  if (primitive.kind == Kind.Token) return lineage.firstOver(changetype<lineage.Token>(primitive));
  return primitive.closed ? closer : 0;
}

function servePermitsLocked(primitive: Permits, waiter: usize): usize {
  const line = changetype<usize>(primitive) + PRIMITIVE_WAITERS;
  const stake = changetype<Stake>(waiter);
  const wanted = stake.wanted;
  // One that wants nothing any more has it: whoever gave it died before it could say so.
  if (wanted != 0) {
    if (primitive.closed) return stakes.grantLocked(line, waiter, SYNC_CLOSED);
    if (primitive.available < wanted && primitive.kind == Kind.Channel) {
      messages.callForPlaces(changetype<Channel>(primitive));
    }
    if (primitive.available < wanted) return 0;
    const isSender = stake.role == Role.Sending;
    if (isSender) messages.put(changetype<Channel>(primitive), stake.message);
    // From here to the end nothing is called: a thread that dies has done all of it or nothing.
    if (isSender)
      stake.message = 0; // It is the channel's now.
    else stake.permits = wanted;
    primitive.available -= wanted;
    stake.wanted = 0;
  }
  // Last: from then on its owner may run, and reads what it was given without the lock.
  return stakes.grantLocked(line, waiter, SYNC_DONE);
}
