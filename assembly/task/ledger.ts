/**
 * What the arena of a task keeps that has grown large enough for collections: the free memory among
 * its objects, and when the next collection is due.
 *
 * Free blocks of 32 bytes and more are in lists, one for each power of two: in the list n are those
 * of 2^(n + 5) bytes up to twice as much.
 */
import * as heap from "../memory/heap";
import { ALIGNMENT, Block, HEADER, setFree } from "./object";

const LISTS: u32 = 26;
const SMALLEST_LOG2: u32 = 5;
/** How many holes of the size's own list are looked at, of which not all are large enough. */
const LOOKS: u32 = 8;

/** In a block of the heap. Owned by the arena. */
@unmanaged
export class Ledger {
  /** The function of the guest that visits what an object refers to: a place in the table. */
  visitor: u32;
  /** The next collection is due with so many bytes in use, or so many in all. */
  dueUsed: u32;
  dueTotal: u32;
  /** How many bytes the holes have. */
  free: u32;
  /** While a collection runs, a block of the heap that it needs; see `census.ts`. */
  census: usize;
}

/** A new one, without holes and due at once; or null, if memory is full. */
export function create(visitor: u32): Ledger | null {
  const block = heap.allocate(<u32>offsetof<Ledger>() + (LISTS << 2));
  if (block == 0) return null;
  const ledger = changetype<Ledger>(block);
  ledger.visitor = visitor;
  ledger.dueUsed = 0;
  ledger.dueTotal = 0;
  ledger.census = 0;
  forgetHoles(ledger);
  return ledger;
}

export function release(ledger: Ledger): void {
  releaseCensus(ledger);
  heap.release(changetype<usize>(ledger));
}

export function releaseCensus(ledger: Ledger): void {
  const block = ledger.census;
  ledger.census = 0;
  if (block != 0) heap.release(block);
}

export function forgetHoles(ledger: Ledger): void {
  ledger.free = 0;
  for (let list: u32 = 0; list < LISTS; list++) store<usize>(headOf(ledger, list), 0);
}

/** Makes a free block of `bytes`, a multiple of 16, and lists it if it is of any use. */
export function give(ledger: Ledger, address: usize, bytes: usize): void {
  if (bytes == 0) return;
  setFree(address, bytes);
  if (bytes == ALIGNMENT) return;
  const head = headOf(ledger, listOf(bytes));
  changetype<Block>(address).link = load<usize>(head);
  store<usize>(head, address);
  ledger.free += <u32>bytes;
}

/** Takes a hole of at least `bytes`, or null. */
export function take(ledger: Ledger, bytes: usize): Block | null {
  const own = listOf(bytes);
  let found = takeFrom(ledger, own, bytes);
  for (let list = own + 1; found === null && list < LISTS; list++) {
    found = takeFrom(ledger, list, bytes);
  }
  return found;
}

function takeFrom(ledger: Ledger, list: u32, bytes: usize): Block | null {
  let before = headOf(ledger, list);
  for (let look: u32 = 0; look < LOOKS; look++) {
    const hole = load<Block | null>(before);
    if (hole === null) return null;
    if (<usize>hole.capacity + HEADER >= bytes) {
      store<usize>(before, hole.link);
      ledger.free -= hole.capacity + <u32>HEADER;
      return hole;
    }
    before = changetype<usize>(hole) + offsetof<Block>("link");
  }
  return null;
}

function listOf(bytes: usize): u32 {
  return 31 - clz<u32>(<u32>bytes) - SMALLEST_LOG2;
}

function headOf(ledger: Ledger, list: u32): usize {
  return changetype<usize>(ledger) + offsetof<Ledger>() + (list << 2);
}
