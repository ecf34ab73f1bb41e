/**
 * Which addresses are those of an arena's objects. Taken for one collection, on one thread.
 *
 * It stands in a block of the heap: an entry for each chunk, sorted by address; and behind them,
 * for each chunk, a bit for every 16 bytes that is 1 where an object's header stands.
 */
import * as heap from "../memory/heap";
import { Chunk, firstBlock, lastEnd } from "./arena";
import { Ledger } from "./ledger";
import { ALIGNMENT, Block, endOf, FREE, HEADER } from "./object";

/** A chunk. */
@unmanaged
class Entry {
  /** Its first block, and where its last one ends. */
  from: usize;
  to: usize;
  /** Where its bits are: whole words. */
  bits: usize;
}

const ENTRY: usize = offsetof<Entry>();
/** How many bytes of memory a word of bits stands for. */
const BYTES_A_WORD: usize = 32 * ALIGNMENT;

let myEntries: usize = 0;
let myCount: u32 = 0;
/** The entry that was found last: references stay near. */
let myLast: Entry = changetype<Entry>(0);

/** Takes the census of an arena that can be walked. False if there is no memory for it. */
export function take(ledger: Ledger, newest: Chunk): bool {
  let bytes: usize = 0;
  let count: u32 = 0;
  for (let chunk: Chunk | null = newest; chunk !== null; chunk = chunk.older) {
    bytes += ENTRY + (wordsOf(chunk) << 2);
    count += 1;
  }
  const block = heap.allocate(<u32>bytes);
  if (block == 0) return false;
  ledger.census = block;
  memory.fill(block, 0, bytes);
  myEntries = block;
  myCount = count;
  list(newest);
  sort();
  let bits = block + <usize>count * ENTRY;
  for (let index: u32 = 0; index < count; index++) {
    const entry = entryAt(index);
    entry.bits = bits;
    bits += wordsIn(entry.to - entry.from) << 2;
    enter(entry);
  }
  myLast = entryAt(0);
  return true;
}

/** The block of the object that has exactly this address, or null. */
export function at(object: usize): Block | null {
  const entry = entryOf(object);
  if (entry === null) return null;
  const offset = object - HEADER - entry.from;
  if (offset & (ALIGNMENT - 1)) return null;
  return isSet(entry, offset / ALIGNMENT) ? changetype<Block>(object - HEADER) : null;
}

/** The block that an address lies in, if it is an object's, or null. */
export function around(address: usize): Block | null {
  const entry = entryOf(address);
  if (entry === null) return null;
  const block = before(entry, (address - entry.from) / ALIGNMENT);
  return block !== null && address < endOf(block) ? block : null;
}

/** The last object at or before a place. */
function before(entry: Entry, place: usize): Block | null {
  let word = entry.bits + ((place >> 5) << 2);
  let bits = load<u32>(word) & (u32.MAX_VALUE >> (31 - (<u32>place & 31)));
  while (bits == 0) {
    if (word == entry.bits) return null;
    word -= 4;
    bits = load<u32>(word);
  }
  const found = ((word - entry.bits) << 3) + 31 - clz<u32>(bits);
  return changetype<Block>(entry.from + found * ALIGNMENT);
}

function isSet(entry: Entry, place: usize): bool {
  return (load<u32>(entry.bits + ((place >> 5) << 2)) & (1 << (<u32>place & 31))) != 0;
}

function entryOf(address: usize): Entry | null {
  if (address >= myLast.from && address < myLast.to) return myLast;
  let low: u32 = 0;
  let high = myCount;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = entryAt(middle);
    if (entry.from > address) high = middle;
    else if (address >= entry.to) low = middle + 1;
    else {
      myLast = entry;
      return entry;
    }
  }
  return null;
}

/** Enters the chunks as they come. */
function list(newest: Chunk): void {
  let at = myEntries;
  for (let chunk: Chunk | null = newest; chunk !== null; chunk = chunk.older) {
    const entry = changetype<Entry>(at);
    entry.from = firstBlock(chunk);
    entry.to = lastEnd(chunk);
    at += ENTRY;
  }
}

/** Sorts the entries, which have no bits yet, by their place: a heap sort. */
function sort(): void {
  for (let root = myCount / 2; root > 0; root--) sink(root - 1, myCount);
  for (let rest = myCount; rest > 1; rest--) {
    swap(entryAt(0), entryAt(rest - 1));
    sink(0, rest - 1);
  }
}

function sink(root: u32, count: u32): void {
  let at = root;
  // Ends at a leaf.
  for (let child: u32 = 1 + 2 * at; child < count; child = 1 + 2 * at) {
    if (child + 1 < count && entryAt(child).from < entryAt(child + 1).from) child += 1;
    if (entryAt(at).from >= entryAt(child).from) return;
    swap(entryAt(at), entryAt(child));
    at = child;
  }
}

function swap(one: Entry, other: Entry): void {
  const from = one.from;
  const to = one.to;
  one.from = other.from;
  one.to = other.to;
  other.from = from;
  other.to = to;
}

/** Sets the bits of a chunk's objects. */
function enter(entry: Entry): void {
  let block = changetype<Block>(entry.from);
  while (changetype<usize>(block) < entry.to) {
    const place = (changetype<usize>(block) - entry.from) / ALIGNMENT;
    if (block.classId != FREE) {
      const word = entry.bits + ((place >> 5) << 2);
      store<u32>(word, load<u32>(word) | (1 << (<u32>place & 31)));
    }
    block = changetype<Block>(endOf(block));
  }
}

function entryAt(index: u32): Entry {
  return changetype<Entry>(myEntries + <usize>index * ENTRY);
}

function wordsOf(chunk: Chunk): usize {
  return wordsIn(lastEnd(chunk) - firstBlock(chunk));
}

function wordsIn(bytes: usize): usize {
  return (bytes + BYTES_A_WORD - 1) / BYTES_A_WORD;
}
