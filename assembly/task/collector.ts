/**
 * Frees what a Wasm task cannot reach any more, while it waits.
 *
 * All that a waiting task knows is in its frames, since asyncify saves operands as it saves locals:
 * so whatever looks like an address there, of an object or of a part of it, keeps that object; and
 * that keeps, through the guest's own visitors, all that it refers to. An address that is hidden as
 * a number in another object keeps nothing. No other task takes part, and nothing moves.
 *
 * Those that are reached and not visited yet are a list through their links: however long a chain
 * of references is, it needs no stack.
 *
 *              collect         reached            visited
 *     link 0 ----------> 0 ------------> next | 1 ---------> next | 1 ----> 0
 *            \                                                   sweep
 *             +--> part of a hole, if it is not reached
 *
 * Invariants
 *   L1  A collection begins and ends while the task is claimed by this worker, and its frames are
 *       saved. So the task's memory is nobody else's.
 *   L2  Chunks are in the arena's list until they are about to be freed, and so is all else that a
 *       collection takes from the heap: if the thread dies, or the guest's visitor traps, the arena
 *       is freed as a whole, whatever state its objects are in.
 *   L3  A reference is followed only to what the census knows as an object of this arena. What lies
 *       outside is static data, or of a lock's block, and holds no references; and what an object
 *       refers to that `marks.reset` has freed may be anything.
 *   L4  While a mark is out there is no collection: what is to be freed is up to the task.
 */
import * as heap from "../memory/heap";
import {
  FRAMES_END,
  FRAMES_FIRST,
  TASK_FRAMES,
  WORKER_COLLECTING_MS,
  WORKER_COLLECTIONS,
} from "../shared/layout";
import { bump } from "../sys/counter";
import { now } from "../sys/host";
import * as arena from "./arena";
import { Chunk, firstBlock, lastEnd } from "./arena";
import * as census from "./census";
import { TaskHeader } from "./header";
import * as ledgers from "./ledger";
import { Ledger } from "./ledger";
import { Block, endOf, HEADER, STRING } from "./object";

/** In each link of what has been reached; of the last in the list, alone. */
const REACHED: usize = 1;

/** The first of those that are reached and not visited, or 0. */
let myReached: usize = 0;

/** Collects a task's garbage, if enough can have come together since the last time. */
export function collect(header: TaskHeader): void {
  const newest = arena.newestChunk(header);
  if (newest === null || newest.mark != 0) return; // L4
  const ledger = newest.ledger;
  if (ledger === null || !arena.isDue(header, newest, ledger)) return;
  const start = now();
  arena.leave(newest);
  if (!census.take(ledger, newest)) return;
  myReached = 0;
  reachFrames(header);
  visitAll(ledger.visitor);
  sweep(newest, ledger);
  ledgers.releaseCensus(ledger);
  arena.setDue(header, newest, ledger);
  bump(WORKER_COLLECTIONS, 1);
  bump(WORKER_COLLECTING_MS, now() - start);
}

/** A visitor has found a reference to `object`. */
export function visit(object: usize): void {
  reach(census.at(object));
}

function reach(block: Block | null): void {
  if (block === null || block.link != 0) return;
  block.link = myReached | REACHED;
  myReached = changetype<usize>(block);
}

function reachFrames(header: TaskHeader): void {
  const frames = load<usize>(changetype<usize>(header), TASK_FRAMES);
  const end = load<usize>(frames, FRAMES_END);
  // Every local variable is saved at a multiple of four bytes.
  for (let at = frames + FRAMES_FIRST; at < end; at += 4) reach(census.around(load<u32>(at)));
}

function visitAll(visitor: u32): void {
  // Ends: each object is reached once.
  while (myReached != 0) {
    const block = changetype<Block>(myReached);
    myReached = block.link & ~REACHED;
    if (block.classId > STRING) call_indirect<void>(visitor, changetype<usize>(block) + HEADER);
  }
}

/** Makes holes of what was not reached, and gives back chunks that have nothing else. */
function sweep(newest: Chunk, ledger: Ledger): void {
  ledgers.forgetHoles(ledger);
  if (!sweepChunk(newest, ledger)) {
    ledgers.give(ledger, firstBlock(newest), lastEnd(newest) - firstBlock(newest));
  }
  let kept = newest;
  let total = heap.capacity(changetype<usize>(newest));
  let chunk = newest.older;
  while (chunk !== null) {
    const older = chunk.older;
    if (sweepChunk(chunk, ledger)) {
      kept = chunk;
      total += heap.capacity(changetype<usize>(chunk));
    } else {
      kept.older = older;
      arena.releaseChunk(chunk);
    }
    chunk = older;
  }
  arena.setTotals(newest, total);
}

/** Makes holes in a chunk. False, and none, if nothing is left there. */
function sweepChunk(chunk: Chunk, ledger: Ledger): bool {
  const first = firstBlock(chunk);
  const end = lastEnd(chunk);
  let hole = first; // Where the hole began that ends at `at`.
  let at = first;
  // Ends: blocks stand side by side (A2).
  while (at < end) {
    const block = changetype<Block>(at);
    const next = endOf(block);
    if (block.link & REACHED) {
      block.link = 0;
      ledgers.give(ledger, hole, at - hole);
      hole = next;
    }
    at = next;
  }
  if (hole == first) return false;
  ledgers.give(ledger, hole, end - hole);
  return true;
}
