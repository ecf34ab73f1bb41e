/**
 * Giving up stakes: one at a time, as their owners do, or all of an owner that dies.
 */
import * as heap from "../memory/heap";
import {
  PRIMITIVE_CLOSERS,
  PRIMITIVE_LOCK,
  PRIMITIVE_READERS,
  PRIMITIVE_WAITERS,
  WORKER_DEPARTING,
  WORKER_OWED,
  WORKER_SECTION,
  WORKER_STAKES,
} from "../shared/layout";
import { SECTION_LAST } from "../shared/verdicts";
import { breakFor } from "../sys/lock";
import * as broadcast from "./broadcast";
import * as channel from "./channel";
import * as ends from "./ends";
import * as notify from "./notify";
import * as pairs from "./pair";
import { Permits } from "./permits";
import * as primitives from "./primitive";
import { Kind, Primitive } from "./primitive";
import { settle } from "./settle";
import * as sockets from "./socket";
import * as stakes from "./stake";
import { Role, Stake } from "./stake";
import * as watch from "./watch";

/** Gives up a stake of any role and in any state, with all that it has been granted. (K4) */
export function drop(address: usize): void {
  const stake = changetype<Stake>(address);
  if (pairs.isOne(stake)) pairs.unfold(stake);
  if (isReceiverOf(stake, Kind.Broadcast)) broadcast.abandon(address);
  else if (sockets.mayHold(stake)) sockets.abandon(stake);
  if (stake.role != Role.None) undo(address);
  stakes.retire(address);
}

function isReceiverOf(stake: Stake, kind: Kind): bool {
  return stake.role == Role.Receiver && changetype<Primitive>(stake.primitive).kind == kind;
}

function undo(address: usize): void {
  const stake = changetype<Stake>(address);
  const primitive = stake.primitive;
  if (stake.role == Role.Notified) notify.enter(primitive);
  else if (isReceiverOf(stake, Kind.Channel)) channel.enterAbandoned(primitive);
  else primitives.enter(primitive);
  const waits = stakes.isWaiting(address);
  const message = takeMessageLocked(stake);
  let owed: usize = 0;
  if (waits) stakes.leaveLineLocked(lineOf(stake), address);
  else owed = giveBackLocked(stake);
  settle(primitive, address, owed);
  if (waits) stakes.dropTarget(stake.target);
  if (message != 0) heap.release(<usize>message);
}

/** Returns whose wait that ended alone. */
function giveBackLocked(stake: Stake): usize {
  const role = stake.role;
  if (role == Role.Permits) {
    changetype<Permits>(stake.primitive).available += stake.permits;
    stake.permits = 0;
  } else if (role == Role.Notified) return notify.passOnLocked(stake);
  else if (role == Role.Sender || role == Role.WeakSender) ends.endSenderLocked(stake);
  else if (isReceiverOf(stake, Kind.Watch)) watch.endReceiverLocked(stake);
  return 0;
}

/** The block that a wait to send still has, or an end that keeps what came; or 0. */
function takeMessageLocked(stake: Stake): u64 {
  const isSending = stake.role == Role.Sending;
  const message = isSending ? stake.message : stake.kept;
  if (isSending) stake.message = 0;
  stake.kept = 0;
  return changetype<Primitive>(stake.primitive).blocks ? message : 0;
}

/** The line that a waiting stake stands in. */
function lineOf(stake: Stake): usize {
  const role = stake.role;
  if (role == Role.Permits || role == Role.Sending || role == Role.Writable) {
    return stake.primitive + PRIMITIVE_WAITERS;
  }
  return stake.primitive + (role == Role.Closed ? PRIMITIVE_CLOSERS : PRIMITIVE_READERS);
}

/**
 * Frees a stake and keeps what it was granted: a forgotten permit is never given back, a message
 * that was not sent is the caller's again.
 */
export function finish(address: usize): void {
  const stake = changetype<Stake>(address);
  assert(!stakes.isWaiting(address));
  stake.permits = 0;
  if (stake.role == Role.Sending) stake.message = 0;
  drop(address);
}

/** Gives up all that an owner has, the newest first: so what keeps a primitive there goes last. */
export function dropAll(owner: usize): void {
  dropAllBut(0, owner);
}

/** As `dropAll`, but for one stake. */
export function dropAllBut(kept: usize, owner: usize): void {
  // Ends with the list: each round takes one off.
  while (true) {
    const stake = stakes.newestBut(kept, owner);
    if (stake == 0) return;
    drop(stake);
  }
}

/** Goes on where the thread of a worker was killed, and gives up what it had. */
export function bury(worker: usize, index: u32): void {
  mend(worker, index);
  dropAll(worker + WORKER_STAKES);
  dropAll(worker + WORKER_DEPARTING);
}

/**
 * Goes on where a thread was stopped in a section: frees the lock that it had, ends the waits whose
 * end it had brought about, and tells the one that it had not told.
 */
export function mend(worker: usize, index: u32): void {
  const note = load<usize>(worker, WORKER_SECTION);
  const primitive = note & ~(<usize>SECTION_LAST);
  const owed = load<usize>(worker, WORKER_OWED);
  store<usize>(worker, 0, WORKER_SECTION);
  store<usize>(worker, 0, WORKER_OWED);
  if (primitive != 0) {
    breakFor(primitive + PRIMITIVE_LOCK, index);
    if (note != primitive) primitives.free(primitive);
    else goOn(primitive);
  }
  if (owed != 0) stakes.tell(owed);
  sockets.finishClosing(worker);
}

/** Settles a primitive in which this thread has no stake, nor the dead one for certain. */
function goOn(primitive: usize): void {
  primitives.enter(primitive);
  // An old id may have led it to a free slot, whose words are not a primitive's.
  if (changetype<Primitive>(primitive).references == 0) {
    primitives.leave(primitive);
    return;
  }
  changetype<Primitive>(primitive).references += 1; // Q2: whoever is told may give up the last.
  settle(primitive);
  if (primitives.letGo(primitive)) primitives.free(primitive);
}
