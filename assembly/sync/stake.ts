/**
 * A stake: what one owner has in a primitive. An end of it, permits, or a registered wait.
 *
 *   made --> HELD --- waits ---> WAITING --- granted, target is a task ---> HELD
 *             |                     |  |                                     ^
 *             |                drop |  +-- granted, target is a token        | delivered
 *        drop |                     |                  |                     |
 *             v                     v                  v                     |
 *           FREE                  FREE              GRANTED -----------------+
 *             ^                                        | drop
 *             +------------ met by the turn ------- DROPPED
 *
 * Giving up a stake, in whatever state, undoes it: a wait leaves its line, permits go back, an end
 * closes. What a wait was granted goes to the next in line. That makes waits safe to cancel, and it
 * is all that is to be done for an owner that dies.
 *
 * Invariants
 *   K1  A stake stands in the list of its owner, a worker or a task, until it is freed or DROPPED.
 *       Only that worker's thread, or the task's runner, touches the list, and gives stakes up; of
 *       a task that has not begun, or has ended, whoever sends it off, begins or joins it.
 *   K2  A WAITING stake is in one line of its primitive and belongs to the primitive's lock. If its
 *       target is a task, it owns a reference to it, which passes on to whoever grants it.
 *   K3  A GRANTED or DROPPED stake is, or soon will be, a node in its owner's inbox, and is freed
 *       by nobody else. The one who grants does not touch it after it was sent.
 *   K4  A stake with a role owns a reference to its primitive. It loses both in one section.
 *   K5  The first stakes in a primitive stand in its slot. They own their reference as long as they
 *       live: the slot is nobody else's before. None has a token for its target, or is DROPPED.
 *       Of those of a pair neither is counted, and only one is in the list: see `pair.ts`.
 *
 * *Why not a waiter*: a waiter is its thread's alone, and half as large; timers and sockets have
 * no use for more. A stake is touched by whichever thread ends its wait.
 */
import * as list from "../collection/list";
import { runtimeAddress } from "../memory/region";
import * as slab from "../memory/slab";
import * as inbox from "../queue/inbox";
import * as node from "../queue/node";
import { unpark } from "../queue/park";
import * as pinned from "../queue/pinned";
import { wakeWith } from "../queue/submit";
import {
  PRIMITIVE_FIRST,
  PRIMITIVE_SECOND,
  PRIMITIVE_SLOT,
  RUNTIME_STAKE_SLAB,
  STAKE_GENERATION,
  STAKE_KEPT,
  STAKE_MESSAGE,
  STAKE_NEXT,
  STAKE_OUTCOME,
  STAKE_OWNED_NEXT,
  STAKE_OWNED_PREV,
  STAKE_OWNER,
  STAKE_PERMITS,
  STAKE_PREV,
  STAKE_PRIMITIVE,
  STAKE_ROLE,
  STAKE_SIZE,
  STAKE_STATE,
  STAKE_TARGET,
  STAKE_WANTED,
  WORKER_FREE_STAKES,
  WORKER_OWED,
  WORKER_STAKES,
  WORKER_STAKES_LIVE,
} from "../shared/layout";
import {
  STAKE_DROPPED,
  STAKE_FREE,
  STAKE_GRANTED,
  STAKE_HELD,
  STAKE_NOBODY,
  STAKE_WAITING,
} from "../shared/verdicts";
import * as word from "../sys/atomic";
import { myWorker } from "../sys/self";
import * as state from "../task/state";
import * as tasks from "../task/task";
import * as primitives from "./primitive";
import { Primitive } from "./primitive";

/** What a stake is to its primitive, and so what giving it up undoes. */
export const enum Role {
  /** Nothing: not yet joined, or already undone. */
  None,
  /** Keeps the primitive there, and no more. */
  Handle,
  /** Waits for permits, or has them. */
  Permits,
  /** Waits to be notified, or has been: by whom, `permits` tells. */
  Notified,
  /** Waits until its message is taken in. */
  Sending,
  /** Waits for news. */
  News,
  /** Waits until nobody takes what is offered. */
  Closed,
  /** Ends of a channel. */
  Sender,
  WeakSender,
  Receiver,
  /** Keeps a socket open; a write half also keeps its direction open. */
  Holder,
  WriteHalf,
  /** Waits for news of a socket. */
  Readable,
  Writable,
  /** Both ends of a channel that is not made yet, by its receiver and by its sender: `pair.ts`. */
  Pair,
  Twin,
}

/** The target of a stake whose owner wants to hear no more, or not yet. */
export const NOBODY: u32 = STAKE_NOBODY;

@unmanaged
export class Stake {
  /** STAKE_*. WAITING: the lock's; GRANTED: the owner's thread's; then the owner's. */
  stateWord: u32;
  /** Links of the primitive's line; then the inbox's, or of what goes with a task. */
  next: usize;
  prev: usize;
  /** Whom to wake: a task's address, or a token times two plus one. */
  target: u32;
  primitive: usize;
  role: u8;
  /** How the wait ended. Written before the state, read after. */
  outcome: u8;
  /** What its primitive is, and whether its messages are blocks: so that line is left alone. */
  kind: u8;
  blocks: u8;
  wanted: u32;
  permits: u32;
  /** The address of the owner's list, and the links of that. (K1) */
  owner: usize;
  ownedNext: usize;
  ownedPrev: usize;
  generation: u32;
  /**
   * What is to be sent; what version a wait for news, or an end, has seen; in the first stake of a
   * channel with room for one, the message that is there, which is the lock's.
   */
  message: u64;
  /** What a guest's end has received last, borrowed, or asks: its owner's, and freed with it. */
  kept: u64;
}
if (offsetof<Stake>("stateWord") != STAKE_STATE) ERROR("Stake.stateWord moved");
if (offsetof<Stake>("next") != STAKE_NEXT) ERROR("Stake.next moved");
if (offsetof<Stake>("prev") != STAKE_PREV) ERROR("Stake.prev moved");
if (offsetof<Stake>("target") != STAKE_TARGET) ERROR("Stake.target moved");
if (offsetof<Stake>("primitive") != STAKE_PRIMITIVE) ERROR("Stake.primitive moved");
if (offsetof<Stake>("role") != STAKE_ROLE) ERROR("Stake.role moved");
if (offsetof<Stake>("outcome") != STAKE_OUTCOME) ERROR("Stake.outcome moved");
if (offsetof<Stake>("wanted") != STAKE_WANTED) ERROR("Stake.wanted moved");
if (offsetof<Stake>("permits") != STAKE_PERMITS) ERROR("Stake.permits moved");
if (offsetof<Stake>("owner") != STAKE_OWNER) ERROR("Stake.owner moved");
if (offsetof<Stake>("ownedNext") != STAKE_OWNED_NEXT) ERROR("Stake.ownedNext moved");
if (offsetof<Stake>("ownedPrev") != STAKE_OWNED_PREV) ERROR("Stake.ownedPrev moved");
if (offsetof<Stake>("generation") != STAKE_GENERATION) ERROR("Stake.generation moved");
if (offsetof<Stake>("message") != STAKE_MESSAGE) ERROR("Stake.message moved");
if (offsetof<Stake>("kept") != STAKE_KEPT) ERROR("Stake.kept moved");
if (offsetof<Stake>() != STAKE_SIZE) ERROR("Stake changed size");
if (PRIMITIVE_FIRST + STAKE_SIZE != PRIMITIVE_SECOND) ERROR("the first stake has no room");
if (PRIMITIVE_SECOND + STAKE_SIZE != PRIMITIVE_SLOT) ERROR("the second stake has no room");

/** Where in a stake the links of its owner's list begin. */
const OWNED: usize = STAKE_OWNER;

/** A stake that has no part in its primitive yet, or 0 if memory is full. */
export function create(primitive: usize, owner: usize, target: u32): usize {
  const shared = runtimeAddress() + RUNTIME_STAKE_SLAB;
  const own = myWorker + WORKER_FREE_STAKES;
  const address = slab.allocate(own, shared, STAKE_SIZE, STAKE_GENERATION);
  if (address != 0) begin(address, primitive, owner, target);
  return address;
}

/** One of the first stakes in a new primitive, without a part in it yet: PRIMITIVE_FIRST… (K5) */
export function createIn(primitive: usize, place: usize, owner: usize): usize {
  const address = primitive + place;
  slab.clear(address, STAKE_SIZE, STAKE_GENERATION);
  changetype<Stake>(address).generation = changetype<Primitive>(primitive).generation;
  changetype<Primitive>(primitive).references += 1; // K5
  begin(address, primitive, owner, NOBODY);
  return address;
}

function begin(address: usize, primitive: usize, owner: usize, target: u32): void {
  count(1);
  // Nobody else knows the stake yet; the lock of its primitive publishes it.
  store<u32>(address, STAKE_HELD, STAKE_STATE);
  const stake = changetype<Stake>(address);
  stake.primitive = primitive;
  stake.target = target;
  stake.owner = owner;
  list.append(owner, address + OWNED); // K1
}

/** One of the first stakes in a primitive that is not made yet; it is not counted. */
export function lay(stake: Stake, primitive: Primitive, role: Role, owner: usize): void {
  store<u32>(changetype<usize>(stake), STAKE_HELD, STAKE_STATE);
  stake.target = NOBODY;
  stake.primitive = changetype<usize>(primitive);
  stake.role = <u8>role;
  stake.kind = primitive.kind;
  stake.blocks = primitive.blocks;
  stake.owner = owner;
  stake.generation = primitive.generation;
  stake.kept = 0;
}

/** Frees such a stake, which is in no list. */
export function lift(stake: Stake): void {
  store<u32>(changetype<usize>(stake), STAKE_FREE, STAKE_STATE);
  stake.role = <u8>Role.None;
  stake.owner = 0;
}

/** Puts a stake into its owner's list. */
export function link(stake: Stake): void {
  list.append(stake.owner, changetype<usize>(stake) + OWNED); // K1
}

/** Takes a stake out of its owner's list. */
export function unlink(stake: Stake): void {
  list.remove(stake.owner, changetype<usize>(stake) + OWNED); // K1
}

/** Does a stake stand in its primitive's slot? (K5) */
function isInside(address: usize, primitive: usize): bool {
  return address - primitive < <usize>PRIMITIVE_SLOT;
}

/** Gives a stake its part. The primitive's lock is held. */
export function joinLocked(address: usize, role: Role): void {
  const stake = changetype<Stake>(address);
  const primitive = changetype<Primitive>(stake.primitive);
  if (!isInside(address, stake.primitive)) primitive.references += 1; // K4, K5
  stake.kind = primitive.kind;
  stake.blocks = primitive.blocks;
  stake.role = <u8>role;
}

/** Takes a stake's part away. True if it was the last. The primitive's lock is held. */
export function partLocked(address: usize): bool {
  const stake = changetype<Stake>(address);
  const primitive = changetype<Primitive>(stake.primitive);
  stake.role = <u8>Role.None;
  if (!isInside(address, stake.primitive)) primitive.references -= 1; // K4, K5
  return primitive.references == 0;
}

/** Puts a stake at the end of a line. The primitive's lock is held. */
export function waitLocked(line: usize, address: usize): void {
  const stake = changetype<Stake>(address);
  const target = stake.target;
  if (!(target & 1)) state.retain(target); // K2
  // Plain: only its owner reads it without the lock, and that is the caller.
  store<u32>(address, STAKE_WAITING, STAKE_STATE);
  list.append(line, address);
}

/**
 * Ends a wait. The primitive's lock is held. Returns what the caller then owes to `tell`. What it
 * grants is written before: once the state is, its owner may run, and takes no lock to read it.
 *
 * Who waited for news of a socket has nothing to give back: its part ends right here, which spares
 * its drop a section. Only the last part does not, as somebody has to free the primitive. (K4)
 *
 * Needs: release, paired with whoever reads the state and then the outcome.
 */
export function grantLocked(line: usize, address: usize, outcome: u32): usize {
  const stake = changetype<Stake>(address);
  const target = stake.target;
  const isToken = (target & 1) != 0;
  const owed = isToken ? address | 1 : <usize>target;
  list.remove(line, address); // The last call: who dies by then has done all of it or nothing.
  const primitive = changetype<Primitive>(stake.primitive);
  const isNews = stake.role == Role.Readable || stake.role == Role.Writable;
  if (isNews && primitive.references > 1) {
    stake.role = <u8>Role.None;
    primitive.references -= 1;
  }
  stake.outcome = <u8>outcome;
  store<usize>(myWorker, owed, WORKER_OWED); // The burial tells who was not told.
  word.store(address + STAKE_STATE, isToken ? STAKE_GRANTED : STAKE_HELD);
  return owed;
}

/** Tells of a wait that has ended. No lock is held. */
export function tell(owed: usize): void {
  if (!(owed & 1)) {
    wakeWith(owed, WORKER_OWED); // K2
    return;
  }
  const address = owed - 1;
  // A token belongs to a worker's JavaScript, so the owner is a worker.
  const worker = changetype<Stake>(address).owner - WORKER_STAKES;
  const entry = node.make(address, node.STAKE); // K3
  if (worker == myWorker) {
    pinned.push(worker, entry);
    store<usize>(myWorker, 0, WORKER_OWED);
    return;
  }
  const mustWake = inbox.push(worker, entry);
  store<usize>(myWorker, 0, WORKER_OWED);
  if (mustWake) unpark(worker);
}

/** Takes a stake off the pinned list. Its token, or u32.MAX_VALUE if nobody wants to hear of it. */
export function deliver(address: usize): u32 {
  if (word.load(address + STAKE_STATE) == STAKE_DROPPED) {
    free(address);
    return u32.MAX_VALUE;
  }
  assert(word.load(address + STAKE_STATE) == STAKE_GRANTED); // K3
  word.store(address + STAKE_STATE, STAKE_HELD);
  const target = changetype<Stake>(address).target;
  return target == NOBODY ? u32.MAX_VALUE : target >> 1;
}

/** Takes a waiting stake out of its line. The lock is held; the caller then drops the target. */
export function leaveLineLocked(line: usize, address: usize): void {
  list.remove(line, address);
  store<u32>(address, STAKE_HELD, STAKE_STATE); // Plain, as in `waitLocked`.
}

/** Gives up the reference that a stake had to the task that it was to wake. (K2) */
export function dropTarget(target: u32): void {
  if (target & 1) return;
  if (state.release(target)) tasks.free(target);
}

/** Frees a stake without a part, now or where it is delivered. */
export function retire(address: usize): void {
  const stake = changetype<Stake>(address);
  assert(stake.role == Role.None); // K4
  list.remove(stake.owner, address + OWNED); // K1
  if (word.load(address + STAKE_STATE) == STAKE_GRANTED) {
    word.store(address + STAKE_STATE, STAKE_DROPPED); // K3
    return;
  }
  free(address);
}

/**
 * Makes a stake wake somebody else. False if its wait is over: then nobody is called any more, and
 * the caller looks at the outcome.
 */
export function retarget(address: usize, target: u32): bool {
  const stake = changetype<Stake>(address);
  primitives.enter(stake.primitive);
  const previous = stake.target;
  const waits = isWaiting(address);
  stake.target = waits ? target : NOBODY;
  if (waits && !(target & 1)) state.retain(target); // K2
  primitives.leave(stake.primitive);
  if (waits) dropTarget(previous);
  return waits;
}

/** Moves a stake that waits for nothing to another owner's list; nobody's, and no list, is 0. */
export function move(address: usize, owner: usize): void {
  assert(word.load(address + STAKE_STATE) == STAKE_HELD);
  const stake = changetype<Stake>(address);
  list.move(stake.owner, owner, address + OWNED); // K1
  stake.owner = owner;
}

/** Moves all of an owner's stakes, none of which waits. */
export function moveAll(from: usize, owner: usize): void {
  // Ends with the list: each round takes one off.
  for (let links = load<usize>(from); links != 0; links = load<usize>(from)) {
    move(links - OWNED, owner);
  }
}

/** The newest stake of an owner, but for one; or 0. */
export function newestBut(except: usize, owner: usize): usize {
  let links = list.last(owner);
  if (links == except + OWNED) links = list.before(owner, links);
  return links == 0 ? 0 : links - OWNED;
}

export function isWaiting(address: usize): bool {
  return word.load(address + STAKE_STATE) == STAKE_WAITING;
}

export function isCurrent(address: usize, generation: u32): bool {
  // A plain read of a slot that never changes type: it can only be too new, which is the answer.
  return changetype<Stake>(address).generation == generation;
}

function free(address: usize): void {
  // Nobody else knows it any more, except by an id that is too old.
  store<u32>(address, STAKE_FREE, STAKE_STATE);
  changetype<Stake>(address).owner = 0; // So that a guest's handle that is too old is known.
  count(-1);
  const primitive = changetype<Stake>(address).primitive;
  if (isInside(address, primitive)) {
    primitives.release(primitive); // K5
    return;
  }
  const shared = runtimeAddress() + RUNTIME_STAKE_SLAB;
  slab.free(myWorker + WORKER_FREE_STAKES, shared, address, STAKE_GENERATION);
}

/** Counts stakes that live. */
export function count(by: i32): void {
  store<i32>(myWorker, load<i32>(myWorker, WORKER_STAKES_LIVE) + by, WORKER_STAKES_LIVE);
}
