/**
 * Marks in a Wasm task's arena: whatever is made after one is freed by going back to it.
 *
 *     chunk 1           chunk 2                  chunk 3
 *   +-----------------+------------------------+------------------+
 *   | kept            | kept | mark | freed ...| freed ...        |
 *   +-----------------+------------------------+------------------+
 *
 * A mark stands in the arena itself, as the first thing that is freed. Outside it is known by its
 * address and its serial number, since another mark may stand at the same address later.
 *
 * Invariants
 *   M1  The marks of an arena are a list, newest first, and each is older than the one before it.
 *   M2  No two marks have one serial number, until a thread has made four million of them.
 */
import { WORKERS_MAX } from "../shared/limits";
import { myIndex } from "../sys/self";
import * as arena from "./arena";
import { Chunk } from "./arena";
import { TaskHeader } from "./header";

@unmanaged
class Mark {
  /** The mark before it, or null. */
  older: Mark | null;
  /** What a handle must have besides the address. */
  serial: u32;
  /** The chunk that was the newest one. The mark is where its free part began. */
  chunk: Chunk;
}

/** What a mark takes: like all in an arena, a multiple of 16. */
const SIZE: usize = 16;
if (offsetof<Mark>() > SIZE) ERROR("a mark has more than 16 bytes");

/** How many marks this thread has made. */
let myMarks: u32 = 0;

/** Marks the present state of the arena. 0 if it has, or there is, no more memory. */
export function make(header: TaskHeader): u64 {
  let address = arena.take(header, SIZE);
  if (address == 0 && arena.makeRoom(header, SIZE, 0)) address = arena.take(header, SIZE);
  if (address == 0) return 0;
  const chunk = arena.newestChunk(header)!;
  const mark = changetype<Mark>(address);
  mark.older = changetype<Mark | null>(chunk.mark);
  mark.serial = ++myMarks * WORKERS_MAX + myIndex; // M2
  mark.chunk = chunk;
  chunk.mark = address;
  return handleOf(mark);
}

/** Frees what was made since a mark, and the mark. False if the arena has no such mark. */
export function reset(header: TaskHeader, handle: u64): bool {
  const mark = find(header, handle);
  if (mark === null) return false;
  const chunk = mark.chunk;
  const older = mark.older;
  arena.goBack(header, chunk, changetype<usize>(mark));
  chunk.mark = changetype<usize>(older);
  return true;
}

function find(header: TaskHeader, handle: u64): Mark | null {
  const chunk = arena.newestChunk(header);
  if (chunk === null) return null;
  let mark = changetype<Mark | null>(chunk.mark);
  // Ends: it is a list of what this task has marked.
  while (mark !== null && handleOf(mark) != handle) mark = mark.older;
  return mark;
}

function handleOf(mark: Mark): u64 {
  return ((<u64>mark.serial) << 32) | <u64>changetype<usize>(mark);
}
