/**
 * Blocks of any size, in classes of powers of two, each with its free lists.
 *
 *   -8        -4       0
 *   +---------+--------+------------------+
 *   | users   | class  | the block ...    |
 *   +---------+--------+------------------+
 */
import {
  OWN_LIST_SIZE,
  RUNTIME_HEAP,
  SHARED_LIST_SIZE,
  WORKER_BLOCKS_LIVE,
  WORKER_FREE_BLOCKS,
} from "../shared/layout";
import { HEAP_CLASS_MIN_LOG2, HEAP_CLASSES } from "../shared/limits";
import * as word from "../sys/atomic";
import { myWorker } from "../sys/self";
import { donate, give, take } from "./free-list";
import { runtimeAddress } from "./region";

const HEADER: usize = 8;
const USERS: usize = 0;
const CLASS: usize = 4;

/** Small blocks move between lists by the dozen, large ones one by one. */
function batchOf(blockClass: u32): u32 {
  return blockClass < 6 ? 32 : blockClass < 10 ? 4 : 1;
}

/** A block of at least `bytes`, or 0 when memory is full or the size is beyond the last class. */
export function allocate(bytes: u32): usize {
  const needed = bytes + <u32>HEADER;
  if (needed < bytes) return 0; // The sum wrapped.
  const log2 = 32 - clz<u32>(needed - 1);
  const blockClass = log2 <= HEAP_CLASS_MIN_LOG2 ? 0 : log2 - HEAP_CLASS_MIN_LOG2;
  if (blockClass >= HEAP_CLASSES) return 0;
  const slot = takeOf(blockClass) || split(blockClass);
  if (slot == 0) return 0;
  store<u32>(slot, blockClass, CLASS);
  store<u32>(slot, 1, USERS);
  count(1);
  return slot + HEADER;
}

/**
 * A slot of a class that there is no more memory for: what is left of a larger one, whose halves go
 * to their classes. They are never joined again, so this is for the end of memory alone.
 */
function split(blockClass: u32): usize {
  for (let larger = blockClass + 1; larger < <u32>HEAP_CLASSES; larger++) {
    const slot = takeOf(larger);
    if (slot == 0) continue;
    for (let half = larger; half > blockClass; half--) giveOf(half - 1, slot + sizeOf(half - 1));
    return slot;
  }
  return 0;
}

/** Gives a block another user: it is free once all have released it. The caller is one. */
export function share(block: usize): void {
  assert(word.add(block - HEADER + USERS, 1) > 0);
}

/** Needs: acquire of the last user, to see that the others have read it. */
export function release(block: usize): void {
  const slot = block - HEADER;
  const users = word.load(slot + USERS);
  assert(users > 0); // A block is released once by each user.
  // The only user need not count: nobody else could share it.
  if (users > 1 && word.subtract(slot + USERS, 1) > 1) return;
  store<u32>(slot, 0, USERS);
  count(-1);
  giveOf(load<u32>(slot, CLASS), slot);
}

/** How many bytes a block really has. */
export function capacity(block: usize): u32 {
  const log2 = load<u32>(block - HEADER, CLASS) + HEAP_CLASS_MIN_LOG2;
  return (1 << log2) - <u32>HEADER;
}

/** Hands everything that a dead worker kept free to everyone. */
export function donateAll(worker: usize): void {
  for (let blockClass: u32 = 0; blockClass < <u32>HEAP_CLASSES; blockClass++) {
    donate(worker + WORKER_FREE_BLOCKS + blockClass * OWN_LIST_SIZE, sharedList(blockClass));
  }
}

/** Counts blocks that are in use. */
function count(by: i32): void {
  store<i32>(myWorker, load<i32>(myWorker, WORKER_BLOCKS_LIVE) + by, WORKER_BLOCKS_LIVE);
}

function takeOf(blockClass: u32): usize {
  const shared = sharedList(blockClass);
  return take(ownList(blockClass), shared, sizeOf(blockClass), batchOf(blockClass));
}

function giveOf(blockClass: u32, slot: usize): void {
  give(ownList(blockClass), sharedList(blockClass), slot, batchOf(blockClass));
}

function sizeOf(blockClass: u32): usize {
  return 1 << (blockClass + HEAP_CLASS_MIN_LOG2);
}

function ownList(blockClass: u32): usize {
  return myWorker + WORKER_FREE_BLOCKS + blockClass * OWN_LIST_SIZE;
}

function sharedList(blockClass: u32): usize {
  return runtimeAddress() + RUNTIME_HEAP + blockClass * SHARED_LIST_SIZE;
}
