/**
 * A Wasm task's own memory: chunks that a pointer moves through, all freed as the task ends.
 *
 * Only the worker that runs the task touches its arena, so nothing here is shared or locked. In one
 * that has grown large, a collection makes holes between objects; the pointer moves through these
 * before there is another chunk.
 *
 * Invariants
 *   A1  The newest chunk's head is that of the whole arena, the older ones' are as they were left.
 *   A2  Whatever part the pointer has left, and whatever holes there are, consist of whole blocks:
 *       see `object.ts`. All chunks can be walked once the pointer has left the present part, too.
 *   A3  While a mark is out, no hole is used: what is made since is behind the mark, or newer.
 */
import * as heap from "../memory/heap";
import { runtimeAddress } from "../memory/region";
import {
  RUNTIME_ARENA_MAX,
  RUNTIME_COLLECT_ABOVE,
  TASK_ARENA,
  WORKER_ARENA_BYTES,
} from "../shared/layout";
import { ARENA_CHUNK_MAX, ARENA_CHUNK_MIN } from "../shared/limits";
import { outgrow } from "../sys/host";
import { myWorker } from "../sys/self";
import { TaskHeader } from "./header";
import * as ledgers from "./ledger";
import { Ledger } from "./ledger";
import { ALIGNMENT, Block, endOf, HEADER, setFree } from "./object";

/** The head of a chunk. */
@unmanaged
export class Chunk {
  /** The chunk that was full before, or null. */
  older: Chunk | null;
  /** The first byte of the part that is allocated from, and the first behind it. */
  next: usize;
  end: usize;
  /** Bytes of all chunks up to this one. */
  total: u32;
  /** The newest mark that is out, or 0; see `marks.ts`. */
  mark: usize;
  /** What collections need, or null: the newest chunk's alone. */
  ledger: Ledger | null;
}

/** May a collection be due for the task that runs? */
let myDue: bool = false;

/** An object of `size` bytes, all of them 0; or 0 if there is no room for it where it is quick. */
export function make(header: TaskHeader, size: u32, classId: u32): usize {
  const capacity = capacityOf(size);
  const address = take(header, HEADER + capacity);
  if (address == 0) return 0;
  const block = changetype<Block>(address);
  block.capacity = capacity;
  block.link = 0;
  block.classId = classId;
  block.size = size;
  const object = address + HEADER;
  // *Why not `memory.fill`*: see `memory/slab`.
  for (let offset: usize = 0; offset < capacity; offset += 8) store<u64>(object + offset, 0);
  return object;
}

/**
 * The same; or 0 if there is no more memory. If the arena would pass its limit, the host throws:
 * the running task, whose arena it is, traps. `visitor` is the guest's.
 */
export function makeElsewhere(header: TaskHeader, size: u32, classId: u32, visitor: u32): usize {
  if (!makeRoom(header, HEADER + capacityOf(size), visitor)) return 0;
  return make(header, size, classId);
}

/** Gives an object another size, and another place if it must. Its address; or 0, as above. */
export function resize(header: TaskHeader, object: usize, size: u32, visitor: u32): usize {
  const block = changetype<Block>(object - HEADER);
  if (size <= block.capacity) {
    block.size = size;
    return object;
  }
  let larger = make(header, size, block.classId);
  if (larger == 0) larger = makeElsewhere(header, size, block.classId, visitor);
  if (larger != 0) memory.copy(larger, object, block.size);
  return larger;
}

/** `bytes` of memory as it is, a multiple of 16; or 0 if there is no room for it. */
export function take(header: TaskHeader, bytes: usize): usize {
  const chunk = newestChunk(header);
  if (chunk === null) return 0;
  const address = chunk.next;
  if (chunk.end - address < bytes) return 0;
  chunk.next = address + bytes;
  return address;
}

/** Lets the pointer go on where there is room. False if there is no more memory. */
export function makeRoom(header: TaskHeader, bytes: usize, visitor: u32): bool {
  const last = newestChunk(header);
  if (last !== null) leave(last);
  const chunk = last !== null && enterHole(last, bytes) ? last : grow(header, last, bytes);
  if (chunk === null) return false;
  watch(header, chunk, visitor);
  return true;
}

function capacityOf(size: u32): u32 {
  return (max(size, 1) + <u32>ALIGNMENT - 1) & ~(<u32>ALIGNMENT - 1); // O2
}

/** Was there reason to look, since the last call, whether a collection is due? */
export function takeDue(): bool {
  const due = myDue;
  myDue = false;
  return due;
}

/** Frees everything. */
export function clear(header: TaskHeader): void {
  const chunk = newestChunk(header);
  if (chunk === null) return;
  const ledger = chunk.ledger;
  chunk.ledger = null;
  if (ledger !== null) ledgers.release(ledger);
  clearDownTo(header, null);
}

/** Frees what was allocated from a place in a chunk on, given that no hole was used since. */
export function goBack(header: TaskHeader, chunk: Chunk, next: usize): void {
  const newest = newestChunk(header)!;
  const ledger = newest.ledger;
  newest.ledger = null;
  chunk.ledger = ledger;
  clearDownTo(header, chunk);
  chunk.next = next;
}

function clearDownTo(header: TaskHeader, oldest: Chunk | null): void {
  // Ends: each round takes one off.
  while (true) {
    const chunk = newestChunk(header);
    if (chunk === oldest || chunk === null) return;
    store<Chunk | null>(changetype<usize>(header), chunk.older, TASK_ARENA);
    releaseChunk(chunk);
  }
}

/** How many bytes are in use, or too few to be used. */
export function used(header: TaskHeader): u32 {
  const chunk = newestChunk(header);
  if (chunk === null) return 0;
  const ledger = chunk.ledger;
  const holes = ledger === null ? 0 : ledger.free;
  return chunk.total - holes - <u32>(chunk.end - chunk.next);
}

export function newestChunk(header: TaskHeader): Chunk | null {
  return load<Chunk | null>(changetype<usize>(header), TASK_ARENA);
}

/** Leaves the part that is allocated from. What is left of it becomes a hole. */
export function leave(newest: Chunk): void {
  const address = newest.next;
  const bytes = newest.end - address;
  const ledger = newest.ledger;
  newest.next = newest.end;
  if (bytes == 0) return;
  if (ledger === null || newest.mark != 0) setFree(address, bytes);
  else ledgers.give(ledger, address, bytes);
}

function enterHole(chunk: Chunk, bytes: usize): bool {
  const ledger = chunk.ledger;
  if (ledger === null || chunk.mark != 0) return false; // A3
  const hole = ledgers.take(ledger, bytes);
  if (hole === null) return false;
  chunk.next = changetype<usize>(hole);
  chunk.end = endOf(hole);
  return true;
}

/** Notices that the arena has become so large that a collection is due. */
function watch(header: TaskHeader, chunk: Chunk, visitor: u32): void {
  if (chunk.ledger === null) {
    if (chunk.total < load<u32>(runtimeAddress(), RUNTIME_COLLECT_ABOVE) || visitor == 0) return;
    chunk.ledger = ledgers.create(visitor);
  }
  const ledger = chunk.ledger;
  if (ledger !== null && isDue(header, chunk, ledger)) myDue = true;
}

/** Can enough garbage have come together for a collection? */
export function isDue(header: TaskHeader, newest: Chunk, ledger: Ledger): bool {
  return used(header) >= ledger.dueUsed || newest.total >= ledger.dueTotal;
}

/**
 * After a collection: the next one is due with twice as much in use, so that the work is in
 * proportion to what is made; or half of the way to the limit, whatever there is in holes.
 */
export function setDue(header: TaskHeader, newest: Chunk, ledger: Ledger): void {
  const least = load<u32>(runtimeAddress(), RUNTIME_COLLECT_ABOVE);
  const limit = load<u32>(runtimeAddress(), RUNTIME_ARENA_MAX);
  ledger.dueUsed = max(least, 2 * used(header));
  ledger.dueTotal = newest.total + (max(limit, newest.total) - newest.total) / 2;
}

function grow(header: TaskHeader, last: Chunk | null, bytes: usize): Chunk | null {
  const limit = load<u32>(runtimeAddress(), RUNTIME_ARENA_MAX);
  const before = last === null ? 0 : last.total;
  const needed = <u32>(bytes + offsetof<Chunk>() + ALIGNMENT);
  if (<u64>before + needed > <u64>limit) outgrow(limit);
  const usual = min(max(before, ARENA_CHUNK_MIN), <u32>ARENA_CHUNK_MAX);
  const block = heap.allocate(max(needed, min(usual, limit - before)));
  if (block == 0) return null;
  const chunk = changetype<Chunk>(block);
  const capacity = heap.capacity(block);
  chunk.older = last;
  chunk.next = firstBlock(chunk);
  chunk.end = lastEnd(chunk);
  chunk.total = before + capacity;
  chunk.mark = last === null ? 0 : last.mark;
  chunk.ledger = null;
  store<Chunk>(changetype<usize>(header), chunk, TASK_ARENA);
  if (last !== null) {
    chunk.ledger = last.ledger;
    last.ledger = null;
  }
  countBytes(<i32>capacity);
  return chunk;
}

/** Frees a chunk that is in no arena any more. */
export function releaseChunk(chunk: Chunk): void {
  const block = changetype<usize>(chunk);
  countBytes(-(<i32>heap.capacity(block)));
  heap.release(block);
}

/** Tells every chunk how many bytes there are up to it, after some were freed. */
export function setTotals(newest: Chunk, total: u32): void {
  let rest = total;
  for (let chunk: Chunk | null = newest; chunk !== null; chunk = chunk.older) {
    chunk.total = rest;
    rest -= heap.capacity(changetype<usize>(chunk));
  }
}

/** The first block of a chunk: AssemblyScript's objects begin at multiples of 16. */
export function firstBlock(chunk: Chunk): usize {
  return (changetype<usize>(chunk) + offsetof<Chunk>() + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

/** Where the last block of a chunk ends. */
export function lastEnd(chunk: Chunk): usize {
  const block = changetype<usize>(chunk);
  return (block + heap.capacity(block)) & ~(ALIGNMENT - 1);
}

/** Chunks may be freed on another worker than they were taken on: the sum is what there is. */
function countBytes(by: i32): void {
  store<i32>(myWorker, load<i32>(myWorker, WORKER_ARENA_BYTES) + by, WORKER_ARENA_BYTES);
}
