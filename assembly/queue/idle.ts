/**
 * Who sleeps and who searches: so that new work wakes one worker, and never a crowd.
 *
 *      31 ............ 16  15 ............ 0
 *     +-------------------+-----------------+
 *     |   awake threads   |    searching    |
 *     +-------------------+-----------------+
 *
 * Invariants
 *   I1  A thread is on the stack of sleepers or counted as awake, never both. (Under the lock.)
 *   I2  searching <= awake.
 *   I3  New work wakes someone only while nobody searches; so the last one to stop searching must
 *       look at all queues again before it sleeps.
 *   I4  WORKER_SEARCHING says whether a thread is counted as searching. It belongs to the thread
 *       while it is awake, and to the lock's holder while it sleeps.
 */

import { runtimeAddress } from "../memory/region";
import {
  IDLE_COUNT,
  IDLE_LOCK,
  IDLE_STACK,
  IDLE_STATE,
  IDLE_THREADS,
  RUNTIME_FIRST_WORKER,
  WORKER_INDEX,
  WORKER_SEARCHING,
  WORKER_SIZE,
} from "../shared/layout";
import * as word from "../sys/atomic";
import { lock, unlock } from "../sys/lock";
import { isInLoop } from "./park";

const ONE_AWAKE: u32 = 1 << 16;
const ONE_SEARCHING: u32 = 1;
/** No worker. */
export const NONE: u32 = u32.MAX_VALUE;

@unmanaged
class Idle {
  stateWord: u32;
  lockWord: u32;
  /** The lock's holder owns the stack: indices of sleeping workers, the latest last. */
  count: u32;
  stack: usize;
  /** How many threads may sleep here. Set at boot. */
  threads: u32;
}
if (offsetof<Idle>("stateWord") != IDLE_STATE) ERROR("Idle.stateWord moved");
if (offsetof<Idle>("lockWord") != IDLE_LOCK) ERROR("Idle.lockWord moved");
if (offsetof<Idle>("count") != IDLE_COUNT) ERROR("Idle.count moved");
if (offsetof<Idle>("stack") != IDLE_STACK) ERROR("Idle.stack moved");
if (offsetof<Idle>("threads") != IDLE_THREADS) ERROR("Idle.threads moved");

/** Sets the room up. `stack` has room for `threads` indices. */
export function boot(idle: usize, stack: usize, threads: u32): void {
  changetype<Idle>(idle).stack = stack;
  changetype<Idle>(idle).threads = threads;
}

/** Counts a thread that begins as awake. */
export function join(idle: usize): void {
  word.add(idle + IDLE_STATE, ONE_AWAKE);
}

/** A sleeper to wake for new work, counted as awake and searching from now on; or NONE. */
export function pickSleeper(idle: usize): u32 {
  if (!needsWaking(idle)) return NONE;
  const room = changetype<Idle>(idle);
  lock(idle + IDLE_LOCK);
  let picked = NONE;
  if (needsWaking(idle) && room.count > 0) {
    picked = takeBestLocked(room);
    word.add(idle + IDLE_STATE, ONE_AWAKE + ONE_SEARCHING); // I1
    store<u32>(structOf(picked), 1, WORKER_SEARCHING); // I4: it may die before it knows.
  }
  unlock(idle + IDLE_LOCK);
  return picked;
}

/** Any sleeper, counted as awake from now on; or NONE. For threads that do not search. */
export function pickAny(idle: usize): u32 {
  const room = changetype<Idle>(idle);
  lock(idle + IDLE_LOCK);
  let picked = NONE;
  if (room.count > 0) {
    picked = takeBestLocked(room);
    word.add(idle + IDLE_STATE, ONE_AWAKE); // I1
  }
  unlock(idle + IDLE_LOCK);
  return picked;
}

/** Counts the caller as searching, unless half of all threads do already. */
export function startSearch(idle: usize, worker: usize): bool {
  if (load<u32>(worker, WORKER_SEARCHING) != 0) return true;
  const state = word.load(idle + IDLE_STATE);
  // Not one step with the addition: the limit may be passed by a thread or two, harmlessly.
  if (<u32>2 * searching(state) >= changetype<Idle>(idle).threads) return false;
  word.add(idle + IDLE_STATE, ONE_SEARCHING);
  store<u32>(worker, 1, WORKER_SEARCHING);
  return true;
}

/** The caller found work, or gave up. True if it was the last one to search. (I3) */
export function stopSearch(idle: usize, worker: usize): bool {
  if (load<u32>(worker, WORKER_SEARCHING) == 0) return false;
  const seen = word.subtract(idle + IDLE_STATE, ONE_SEARCHING);
  store<u32>(worker, 0, WORKER_SEARCHING);
  assert(searching(seen) > 0); // I2
  return searching(seen) == 1;
}

/** Puts a worker to sleep. */
export function sleep(idle: usize, worker: usize): void {
  assert(load<u32>(worker, WORKER_SEARCHING) == 0); // I3: its search has ended with its turn.
  const room = changetype<Idle>(idle);
  lock(idle + IDLE_LOCK);
  const seen = word.subtract(idle + IDLE_STATE, ONE_AWAKE);
  assert(awake(seen) > 0); // I1
  store<u32>(room.stack + (room.count << 2), load<u32>(worker, WORKER_INDEX));
  room.count += 1;
  unlock(idle + IDLE_LOCK);
}

/**
 * Takes a worker off the stack, as it woke by itself. False if it was picked: then it is counted
 * as awake, and as searching if that was what it was picked for.
 */
export function wakeSelf(idle: usize, worker: usize): bool {
  const room = changetype<Idle>(idle);
  lock(idle + IDLE_LOCK);
  const found = removeLocked(room, load<u32>(worker, WORKER_INDEX));
  if (found) word.add(idle + IDLE_STATE, ONE_AWAKE);
  unlock(idle + IDLE_LOCK);
  return found;
}

/** Forgets a thread that died awake, asleep or searching. */
export function bury(idle: usize, worker: usize): void {
  const room = changetype<Idle>(idle);
  lock(idle + IDLE_LOCK);
  if (!removeLocked(room, load<u32>(worker, WORKER_INDEX))) {
    const wasSearching = load<u32>(worker, WORKER_SEARCHING) != 0; // I4
    word.subtract(idle + IDLE_STATE, ONE_AWAKE + (wasSearching ? ONE_SEARCHING : 0));
    store<u32>(worker, 0, WORKER_SEARCHING);
  }
  unlock(idle + IDLE_LOCK);
}

export function awakeThreads(idle: usize): u32 {
  return awake(word.load(idle + IDLE_STATE));
}

/**
 * Takes the latest sleeper whom nothing can hold; there is one to take. In its event loop a thread
 * may run other people's callbacks, and all the while it would count as coming: it is woken last.
 */
function takeBestLocked(room: Idle): u32 {
  let place = room.count - 1;
  while (place > 0 && isInLoop(structOf(indexAt(room, place)))) place -= 1;
  // Should they all be there, then the latest of them.
  if (isInLoop(structOf(indexAt(room, place)))) place = room.count - 1;
  const index = indexAt(room, place);
  removePlaceLocked(room, place);
  return index;
}

function removeLocked(room: Idle, index: u32): bool {
  let place: u32 = 0;
  while (place < room.count && indexAt(room, place) != index) place += 1;
  if (place == room.count) return false;
  removePlaceLocked(room, place);
  return true;
}

function removePlaceLocked(room: Idle, place: u32): void {
  const address = room.stack + (place << 2);
  memory.copy(address, address + 4, (room.count - place - 1) << 2);
  room.count -= 1;
}

function indexAt(room: Idle, place: u32): u32 {
  return load<u32>(room.stack + (place << 2));
}

function structOf(index: u32): usize {
  return load<u32>(runtimeAddress(), RUNTIME_FIRST_WORKER) + index * WORKER_SIZE;
}

function needsWaking(idle: usize): bool {
  const state = word.load(idle + IDLE_STATE);
  return searching(state) == 0 && awake(state) < changetype<Idle>(idle).threads;
}

function searching(state: u32): u32 {
  return state & 0xffff;
}

function awake(state: u32): u32 {
  return state >> 16;
}
