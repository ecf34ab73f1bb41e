/**
 * Telling one or all of those who wait, without a message.
 *
 * `version` counts the calls that told all. Whoever wants to wait notes it beforehand, and stands
 * among the readers, who wait for another one: so a call to all ends every wait that was meant
 * before it, also one that is registered only later, and none that was meant after.
 *
 * A wait that was ended for one alone, and is given up, passes that on.
 */
import * as list from "../collection/list";
import { PRIMITIVE_READERS, PRIMITIVE_SIZE } from "../shared/layout";
import { SYNC_BUSY, SYNC_DONE, SYNC_LEADER, SYNC_NO_MEMORY } from "../shared/verdicts";
import * as budget from "../task/budget";
import * as handles from "./handle";
import * as primitives from "./primitive";
import { Kind, Primitive } from "./primitive";
import { settle } from "./settle";
import * as stakes from "./stake";
import { Role, Stake } from "./stake";

@unmanaged
class Notify extends Primitive {
  /** 1 if one was told while nobody waited. */
  stored: u32;
  /** Of a barrier: how many come together, and how many have come. */
  parties: u32;
  arrived: u32;
}
if (offsetof<Notify>() > <usize>PRIMITIVE_SIZE) ERROR("Notify does not fit a primitive's slot");

/** By whom a wait was ended; in its stake's `permits`, which is 0 if all were told. */
const enum Told {
  First = 1,
  Last,
}

/** By its handle, or NO_MEMORY. One for a barrier says how many parties it has. */
export function create(parties: u32, owner: usize): usize {
  const address = primitives.create(Kind.Notify);
  if (address == 0) return SYNC_NO_MEMORY;
  changetype<Notify>(address).parties = parties;
  return handles.first(address, Role.Handle, owner);
}

/** What a wait has to note as it is made. */
export function version(address: usize): u32 {
  // A plain read, of the half that counts: one that is stale was made before the call.
  return <u32>changetype<Notify>(address).version;
}

/**
 * Waits to be told, since `noted`. DONE if that has happened, or if one was told with nobody there;
 * else the stake that waits, or BUSY or NO_MEMORY.
 */
export function wait(address: usize, noted: u32, owner: usize, target: u32): usize {
  if (budget.isSpent()) return SYNC_BUSY;
  const notify = changetype<Notify>(address);
  const stake = stakes.create(address, owner, target);
  if (stake == 0) return SYNC_NO_MEMORY;
  primitives.enter(address);
  const wasTold = <u32>notify.version != noted;
  if (!wasTold && !notify.stored) {
    changetype<Stake>(stake).message = notify.version;
    standLocked(address, stake);
    primitives.leave(address);
    return stake;
  }
  if (!wasTold) notify.stored = 0;
  primitives.leave(address);
  stakes.retire(stake);
  budget.proceed();
  return SYNC_DONE;
}

/**
 * Has a handle itself wait to be told, so that a task which waits needs no other stake. It may have
 * been told already, as one was with nobody there; in either case it is no handle until `endWait`.
 */
export function beginWait(handle: usize, target: u32): void {
  const stake = changetype<Stake>(handle);
  const address = stake.primitive;
  const notify = changetype<Notify>(address);
  stake.target = target;
  stake.next = 0;
  stake.prev = 0;
  primitives.enter(address);
  stake.role = <u8>Role.Notified;
  if (notify.stored) {
    stake.permits = Told.First;
    notify.stored = 0;
  } else {
    stake.message = notify.version;
    stakes.waitLocked(address + PRIMITIVE_READERS, handle);
  }
  primitives.leave(address);
}

/** Takes in what a handle was told. It is one again. */
export function endWait(handle: usize): void {
  assert(!stakes.isWaiting(handle));
  const stake = changetype<Stake>(handle);
  stake.permits = 0;
  stake.role = <u8>Role.Handle;
}

/**
 * Registers a wait whose owner looks around before it goes on: a stake that stands in line, or has
 * been told already, as one was with nobody there; or NO_MEMORY.
 */
export function enable(address: usize, owner: usize, target: u32): usize {
  const notify = changetype<Notify>(address);
  const stake = stakes.create(address, owner, target);
  if (stake == 0) return SYNC_NO_MEMORY;
  primitives.enter(address);
  if (notify.stored) {
    stakes.joinLocked(stake, Role.Notified);
    changetype<Stake>(stake).permits = Told.First;
    notify.stored = 0;
  } else {
    changetype<Stake>(stake).message = notify.version;
    standLocked(address, stake);
  }
  primitives.leave(address);
  return stake;
}

function standLocked(address: usize, stake: usize): void {
  stakes.joinLocked(stake, Role.Notified);
  stakes.waitLocked(address + PRIMITIVE_READERS, stake);
}

/** Ends the oldest wait; if there is none, the next one. */
export function one(address: usize): void {
  tell(address, Told.First);
}

/** Ends the newest wait; if there is none, the next one. */
export function last(address: usize): void {
  tell(address, Told.Last);
}

function tell(address: usize, how: Told): void {
  enter(address);
  settle(address, 0, tellLocked(address, how));
}

/** Enters, and ends what a call to all has begun: nobody who is in line then has been told. */
export function enter(address: usize): void {
  const notify = changetype<Notify>(address);
  primitives.enter(address);
  // Ends: nobody joins the line whom an earlier call to all is for.
  while (isTold(notify, notify.readers)) {
    settle(address);
    primitives.enter(address);
  }
}

/** Has a call to all told this one in line? */
function isTold(notify: Notify, stake: usize): bool {
  return stake != 0 && changetype<Stake>(stake).message != notify.version;
}

/** Ends every wait that was meant before. */
export function all(address: usize): void {
  primitives.enter(address);
  changetype<Notify>(address).version += 1;
  settle(address);
}

/**
 * Comes to a barrier. LEADER for the last one who is missing, which ends the others' waits; else
 * the stake that waits, or NO_MEMORY. Who gives up its wait has come all the same. Whatever budget
 * is left: who has asked has come.
 */
export function arrive(address: usize, owner: usize, target: u32): usize {
  const barrier = changetype<Notify>(address);
  const stake = stakes.create(address, owner, target);
  if (stake == 0) return SYNC_NO_MEMORY;
  primitives.enter(address);
  const isLast = barrier.arrived + 1 >= barrier.parties;
  barrier.arrived = isLast ? 0 : barrier.arrived + 1;
  changetype<Stake>(stake).message = barrier.version;
  if (!isLast) {
    standLocked(address, stake);
    primitives.leave(address);
    return stake;
  }
  barrier.version += 1;
  settle(address);
  stakes.retire(stake);
  budget.proceed();
  return SYNC_LEADER;
}

/** Passes on what a wait was told alone, after `enter`. Returns what `settle` is to tell. */
export function passOnLocked(stake: Stake): usize {
  const how = <Told>stake.permits;
  const owed = how ? tellLocked(stake.primitive, how) : 0;
  stake.permits = 0; // Last: a burial may have to pass it on.
  return owed;
}

/** Told alone is the first or the last in line, or else the next one to come. After `enter`. */
function tellLocked(address: usize, how: Told): usize {
  const notify = changetype<Notify>(address);
  const line = address + PRIMITIVE_READERS;
  const chosen = how == Told.Last ? list.last(line) : notify.readers;
  assert(!isTold(notify, chosen));
  if (chosen == 0) {
    notify.stored = 1;
    return 0;
  }
  changetype<Stake>(chosen).permits = how;
  return stakes.grantLocked(line, chosen, SYNC_DONE);
}
