/**
 * A Wasm task's own memory: chunks that a pointer moves through, all freed as the task ends.
 *
 * Only the worker that runs the task touches its arena, so nothing here is shared or locked.
 */
import * as heap from "../memory/heap";
import { TASK_ARENA } from "../shared/layout";
import { ARENA_CHUNK_MAX, ARENA_CHUNK_MIN } from "../shared/limits";
import { outgrow } from "../sys/host";
import { TaskHeader } from "./header";

/** The head of a chunk. Only the newest one's is that of the whole arena. */
@unmanaged
export class Chunk {
  /** The chunk that was full before, or null. */
  older: Chunk | null;
  /** The first free byte, and the first behind the chunk. */
  next: usize;
  end: usize;
  /** Bytes of all chunks up to this one. */
  total: u32;
  /** The newest mark that was not reset; see `marks.ts`. */
  mark: usize;
}

/** AssemblyScript's objects begin at multiples of 16, less the 4 bytes before each. */
const ALIGNMENT: usize = 16;

/**
 * `bytes` of zeroed memory for the task, or 0 if there is no more. If the arena would pass its
 * limit, the host throws: the running task, whose arena it is, traps.
 */
export function allocate(header: TaskHeader, bytes: usize, limit: u32): usize {
  const size = (bytes + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  if (size < bytes) return 0;
  let chunk = newestChunk(header);
  if (chunk === null || chunk.end - chunk.next < size) {
    chunk = grow(header, chunk, size, limit);
    if (chunk === null) return 0;
  }
  const address = chunk.next;
  chunk.next = address + size;
  // *Why not `memory.fill`*: see `memory/slab`.
  for (let offset: usize = 0; offset < size; offset += 8) store<u64>(address + offset, 0);
  return address;
}

/** Frees everything. */
export function clear(header: TaskHeader): void {
  clearDownTo(header, null);
}

/** Frees all chunks that are newer than `oldest`, or all there are. */
export function clearDownTo(header: TaskHeader, oldest: Chunk | null): void {
  // Ends: each round takes one off.
  while (true) {
    const chunk = newestChunk(header);
    if (chunk === oldest || chunk === null) return;
    setChunk(header, changetype<usize>(chunk.older));
    heap.release(changetype<usize>(chunk));
  }
}

/** How many bytes the task has taken from the heap. */
export function size(header: TaskHeader): u32 {
  const chunk = newestChunk(header);
  return chunk === null ? 0 : chunk.total;
}

/** How many of these are in use, or too few to be used. */
export function used(header: TaskHeader): u32 {
  const chunk = newestChunk(header);
  return chunk === null ? 0 : chunk.total - <u32>(chunk.end - chunk.next);
}

export function newestChunk(header: TaskHeader): Chunk | null {
  return load<Chunk | null>(changetype<usize>(header), TASK_ARENA);
}

function setChunk(header: TaskHeader, chunk: usize): void {
  store<usize>(changetype<usize>(header), chunk, TASK_ARENA);
}

function grow(header: TaskHeader, last: Chunk | null, bytes: usize, limit: u32): Chunk | null {
  const before = size(header);
  const needed = <u32>(bytes + offsetof<Chunk>() + ALIGNMENT);
  if (needed < <u32>bytes) return null;
  if (<u64>before + needed > <u64>limit) outgrow(limit);
  const usual = min(max(before, ARENA_CHUNK_MIN), <u32>ARENA_CHUNK_MAX);
  const block = heap.allocate(max(needed, min(usual, limit - before)));
  if (block == 0) return null;
  const chunk = changetype<Chunk>(block);
  const capacity = heap.capacity(block);
  chunk.older = last;
  chunk.next = (block + offsetof<Chunk>() + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  chunk.end = block + capacity;
  chunk.total = before + capacity;
  chunk.mark = last === null ? 0 : last.mark;
  setChunk(header, block);
  return chunk;
}
