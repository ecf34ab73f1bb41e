/**
 * What all primitives of coordination have in common: a lock, lines of those who wait, a count of
 * references, and a number that grows with all news.
 *
 * A primitive is a slot of a slab, reached from any thread by its address. Who has no stake in it
 * yet needs its id, the address with the generation, and opens it first.
 *
 *   0           64            128            192
 *   +-----------+-------------+--------------+
 *   | primitive | first stake | second stake |        its slot
 *   +-----------+-------------+--------------+
 *
 * Invariants
 *   Q1  Everything but the lock belongs to the lock's holder. One is held at a time. What receivers
 *       do without is said in `messages.ts`.
 *   Q2  Each stake owns a reference, so a primitive in which somebody has a stake is there.
 *   Q3  A section says first what has changed, as numbers. Whose wait that ends is found from the
 *       numbers, one wait a section. So `settle` goes on with whatever the holder's death cuts off.
 *   Q4  Who takes the last reference away writes the primitive down as its to free, until there is
 *       nothing left to do but to give the slot back.
 *
 * A thread that is killed stops where a function or a round of a loop begins: the burial breaks the
 * lock of the primitive that the worker had written down as its section, and settles or frees it.
 */

import { take } from "../memory/free-list";
import * as heap from "../memory/heap";
import { runtimeAddress } from "../memory/region";
import * as slab from "../memory/slab";
import {
  PRIMITIVE_BLOCK,
  PRIMITIVE_BLOCKS,
  PRIMITIVE_CLOSED,
  PRIMITIVE_CLOSERS,
  PRIMITIVE_ENDED,
  PRIMITIVE_GENERATION,
  PRIMITIVE_KIND,
  PRIMITIVE_LOCK,
  PRIMITIVE_READERS,
  PRIMITIVE_REFERENCES,
  PRIMITIVE_SENDERS,
  PRIMITIVE_SIZE,
  PRIMITIVE_SLOT,
  PRIMITIVE_VERSION,
  PRIMITIVE_WAITERS,
  PRIMITIVE_WEAK_SENDERS,
  RUNTIME_PRIMITIVE_SLAB,
  WORKER_FREE_PRIMITIVES,
  WORKER_PRIMITIVES_LIVE,
  WORKER_SECTION,
} from "../shared/layout";
import { FREE_BATCH } from "../shared/limits";
import { SECTION_LAST } from "../shared/verdicts";
import { lock, unlock } from "../sys/lock";
import { myWorker } from "../sys/self";

/** What a primitive is. */
export const enum Kind {
  Semaphore = 1,
  Notify,
  Channel,
  Watch,
  Broadcast,
  Socket,
  Token,
}

@unmanaged
export class Primitive {
  /** Also of a free slot, for a moment: an old id may be tried at any time. */
  lockWord: u32;
  /** Heads of lines of stakes: see where each kind's operations wait. */
  waiters: usize;
  readers: usize;
  /** Counts the primitives that stood in this slot. Owned by the slab. */
  generation: u32;
  references: u32;
  closers: usize;
  block: usize;
  kind: u8;
  closed: u8;
  ended: u8;
  blocks: u8;
  version: u64;
  /** Ends of whoever may bring news; weak ones do not count for its end. */
  senders: u32;
  weakSenders: u32;
}
if (offsetof<Primitive>("lockWord") != PRIMITIVE_LOCK) ERROR("Primitive.lockWord moved");
if (offsetof<Primitive>("waiters") != PRIMITIVE_WAITERS) ERROR("Primitive.waiters moved");
if (offsetof<Primitive>("readers") != PRIMITIVE_READERS) ERROR("Primitive.readers moved");
if (offsetof<Primitive>("generation") != PRIMITIVE_GENERATION) ERROR("generation moved");
if (offsetof<Primitive>("references") != PRIMITIVE_REFERENCES) ERROR("references moved");
if (offsetof<Primitive>("closers") != PRIMITIVE_CLOSERS) ERROR("Primitive.closers moved");
if (offsetof<Primitive>("block") != PRIMITIVE_BLOCK) ERROR("Primitive.block moved");
if (offsetof<Primitive>("kind") != PRIMITIVE_KIND) ERROR("Primitive.kind moved");
if (offsetof<Primitive>("closed") != PRIMITIVE_CLOSED) ERROR("Primitive.closed moved");
if (offsetof<Primitive>("ended") != PRIMITIVE_ENDED) ERROR("Primitive.ended moved");
if (offsetof<Primitive>("blocks") != PRIMITIVE_BLOCKS) ERROR("Primitive.blocks moved");
if (offsetof<Primitive>("version") != PRIMITIVE_VERSION) ERROR("Primitive.version moved");
if (offsetof<Primitive>("senders") != PRIMITIVE_SENDERS) ERROR("Primitive.senders moved");
if (offsetof<Primitive>("weakSenders") != PRIMITIVE_WEAK_SENDERS) ERROR("weakSenders moved");

/** A primitive without stakes, which its maker takes at once; 0 if memory is full. */
export function create(kind: Kind): usize {
  const address = takeSlot();
  if (address == 0) return 0;
  slab.clear(address, PRIMITIVE_SIZE, PRIMITIVE_GENERATION);
  changetype<Primitive>(address).kind = <u8>kind;
  return address;
}

/** The slot of a primitive that is to be, as its last user left it; 0 if memory is full. */
export function takeSlot(): usize {
  const shared = runtimeAddress() + RUNTIME_PRIMITIVE_SLAB;
  const slot = take(myWorker + WORKER_FREE_PRIMITIVES, shared, PRIMITIVE_SLOT, FREE_BATCH);
  if (slot != 0) count(1);
  return slot;
}

/** Gives back the slot of one that is no more. */
export function giveSlot(slot: usize): void {
  count(-1);
  const shared = runtimeAddress() + RUNTIME_PRIMITIVE_SLAB;
  slab.free(myWorker + WORKER_FREE_PRIMITIVES, shared, slot, PRIMITIVE_GENERATION);
}

/** Leaves a primitive in which nobody has a stake any more, and frees it. */
export function leaveLast(address: usize): void {
  store<usize>(myWorker, address + SECTION_LAST, WORKER_SECTION); // Q4
  unlock(address + PRIMITIVE_LOCK);
  free(address);
}

/** Frees a primitive in which nobody has a stake any more. */
export function free(address: usize): void {
  // Ends: each round goes up a tree of tokens.
  for (let next = address; next != 0; ) next = freeOne(next);
}

/** Returns what nobody has a stake in any more either, or 0. */
function freeOne(address: usize): usize {
  const primitive = changetype<Primitive>(address);
  assert(primitive.references == 0); // Q2
  const block = primitive.block;
  const isToken = primitive.kind == Kind.Token;
  if (block != 0 && !isToken) {
    primitive.block = 0; // First: a thread that dies in between loses it, and frees none twice.
    heap.release(block);
  }
  store<usize>(myWorker, 0, WORKER_SECTION); // Q4
  giveSlot(address);
  return block != 0 && isToken && letGo(block) ? block : 0;
}

/** Another reference, of something that is no stake. */
export function retain(address: usize): void {
  enter(address);
  changetype<Primitive>(address).references += 1;
  leave(address);
}

/** Gives up the reference of a stake that has no part any more; frees the primitive after all. */
export function release(address: usize): void {
  enter(address);
  const primitive = changetype<Primitive>(address);
  primitive.references -= 1;
  if (primitive.references == 0) leaveLast(address);
  else leave(address);
}

/** Gives up such a reference. True if it was the last. */
export function letGo(address: usize): bool {
  enter(address);
  const primitive = changetype<Primitive>(address);
  primitive.references -= 1;
  const wasLast = primitive.references == 0;
  leave(address);
  return wasLast;
}

/** Needs: acquire on success, to see what the last holder wrote. */
export function enter(address: usize): void {
  store<usize>(myWorker, address, WORKER_SECTION); // First: the burial looks there. (Q3)
  lock(address + PRIMITIVE_LOCK);
}

/** Lets others in for a moment, with more to do. Needs: as `leave`. */
export function pause(address: usize): void {
  unlock(address + PRIMITIVE_LOCK);
}

/** Needs: release, paired with the next holder's `enter`. */
export function leave(address: usize): void {
  unlock(address + PRIMITIVE_LOCK);
  store<usize>(myWorker, 0, WORKER_SECTION);
}

function count(by: i32): void {
  store<i32>(myWorker, load<i32>(myWorker, WORKER_PRIMITIVES_LIVE) + by, WORKER_PRIMITIVES_LIVE);
}
