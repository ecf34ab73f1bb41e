/**
 * Giving up stakes: one at a time, as their owners do, or all of an owner that dies.
 */
import {
  PRIMITIVE_LOCK,
  PRIMITIVE_READERS,
  PRIMITIVE_WAITERS,
  WORKER_OWED,
  WORKER_SECTION,
  WORKER_STAKES,
} from "../shared/layout";
import { breakFor } from "../sys/lock";
import { Permits } from "./permits";
import * as primitives from "./primitive";
import { settle } from "./settle";
import * as stakes from "./stake";
import { Role, Stake } from "./stake";

/** Gives up a stake of any role and in any state, with all that it has been granted. (K4) */
export function drop(address: usize): void {
  const stake = changetype<Stake>(address);
  if (stake.role != Role.None) undo(address);
  stakes.retire(address);
}

function undo(address: usize): void {
  const stake = changetype<Stake>(address);
  const primitive = stake.primitive;
  primitives.enter(primitive);
  const waits = stakes.isWaiting(address);
  if (waits) stakes.leaveLineLocked(lineOf(stake), address);
  else giveBackLocked(stake);
  settle(primitive, address);
  if (waits) stakes.dropTarget(stake.target);
}

function giveBackLocked(stake: Stake): void {
  if (stake.role != Role.Permits) return;
  changetype<Permits>(stake.primitive).available += stake.permits;
  stake.permits = 0;
}

/** The line that a waiting stake stands in. */
function lineOf(stake: Stake): usize {
  const isWaiter = stake.role == Role.Permits;
  return stake.primitive + (isWaiter ? PRIMITIVE_WAITERS : PRIMITIVE_READERS);
}

/** Frees a stake and keeps what it was granted: a forgotten permit is never given back. */
export function finish(address: usize): void {
  const stake = changetype<Stake>(address);
  assert(!stakes.isWaiting(address));
  stake.permits = 0;
  drop(address);
}

/** Gives up all that an owner has, the newest first: so what keeps a primitive there goes last. */
export function dropAll(owner: usize): void {
  // Ends with the list: each round takes one off.
  for (let stake = stakes.newest(owner); stake != 0; stake = stakes.newest(owner)) drop(stake);
}

/**
 * Goes on where the thread of a worker was killed: frees the lock that it had, ends the waits whose
 * end it had brought about, tells the one that it had not told, and gives up what it had.
 */
export function bury(worker: usize, index: u32): void {
  const primitive = load<usize>(worker, WORKER_SECTION);
  const owed = load<usize>(worker, WORKER_OWED);
  store<usize>(worker, 0, WORKER_SECTION);
  store<usize>(worker, 0, WORKER_OWED);
  if (primitive != 0) {
    breakFor(primitive + PRIMITIVE_LOCK, index);
    primitives.enter(primitive);
    settle(primitive);
  }
  if (owed != 0) stakes.tell(owed);
  dropAll(worker + WORKER_STAKES);
}
