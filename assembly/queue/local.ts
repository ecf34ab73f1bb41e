/**
 * A worker's own queue: a ring that its owner fills at one end and that the owner and thieves
 * empty at the other.
 *
 *   head word:  | steal (32) | real (32) |      tail word: | tail (32) |
 *
 *   ... free ...|  being stolen  |  queued          |... free ...
 *               steal            real               tail
 *
 * Positions count up for ever and wrap at 2^32; a slot is a position modulo the ring's size. A
 * thief may be stopped between its look at the head and its claim. With positions of 16 bits the
 * owner could meanwhile bring the same head back, in 6 ms, with another tail; as it is, the thief
 * would have to sleep through exactly 2^32 tasks.
 *
 * Invariants
 *   Q1  steal <= real <= tail <= steal + slots, in wrapping order.
 *   Q2  steal differs from real exactly while one thread copies [steal, real). There is never a
 *       second one.
 *   Q3  Only the owner writes the tail, and the slots from tail on.
 *   Q4  Who copies has the ring's worker in WORKER_ROBBING: should it die, its burial finds what it
 *       had claimed.
 */
import {
  WORKER_HAND,
  WORKER_QUEUE_HEAD,
  WORKER_QUEUE_RING,
  WORKER_QUEUE_TAIL,
  WORKER_ROBBED,
  WORKER_ROBBING,
} from "../shared/layout";
import { LOCAL_QUEUE_SLOTS } from "../shared/limits";
import * as word from "../sys/atomic";
import { myWorker } from "../sys/self";

/** The model explores every order of steps: four slots have all the corners of 256. */
const SLOTS: u32 = isDefined(MODEL) ? 4 : LOCAL_QUEUE_SLOTS;
const HALF: u32 = SLOTS / 2;
if (SLOTS & (SLOTS - 1)) ERROR("the ring's size must be a power of two");

/** What `push` found. */
export const enum Push {
  Done,
  /** A thief is at work: only the new task should go elsewhere. */
  Busy,
  /** Full: call `takeNewestHalf`. */
  Full,
}

/**
 * Appends a task. Owner only.
 *
 * Needs: acquire on the head, paired with the thief's release of the slots; release on the tail.
 */
export function push(worker: usize, task: usize): Push {
  const head = word.load64(worker + WORKER_QUEUE_HEAD);
  const tail = ownTail(worker);
  if (tail - steal(head) < SLOTS) {
    store<usize>(slot(worker, tail), task); // Q3
    word.store(worker + WORKER_QUEUE_TAIL, tail + 1);
    return Push.Done;
  }
  return steal(head) == real(head) ? Push.Full : Push.Busy;
}

/**
 * Takes the newer half out of a full queue into the hand, as a list through the tasks' links whose
 * first task is returned, and puts `behind` at its end; 0 if a thief came first, so that there is
 * room again. Owner only.
 *
 * Head then goes back to where it was, with the tail moved: a thief that had read both before can
 * only take the older half, which is still there.
 */
export function takeNewestHalf(worker: usize, linkOffset: usize, behind: usize): usize {
  if (!claimAll(worker)) return 0;
  const middle = ownTail(worker) - HALF;
  for (let index: u32 = 0; index < HALF; index++) {
    const task = load<usize>(slot(worker, middle + index));
    const isLast = index + 1 == HALF;
    const following = isLast ? behind : load<usize>(slot(worker, middle + index + 1));
    store<usize>(task + linkOffset, following);
  }
  const first = load<usize>(slot(worker, middle));
  store<usize>(worker, first, WORKER_HAND);
  word.store(worker + WORKER_QUEUE_TAIL, middle);
  unclaimAll(worker);
  return first;
}

/** Claims the whole of a full ring, as a thief would. False if a thief came first. Owner only. */
export function claimAll(worker: usize): bool {
  const tail = ownTail(worker);
  const from = tail - SLOTS;
  const head = pack(from, from);
  const address = worker + WORKER_QUEUE_HEAD;
  if (word.compareExchange64(address, head, pack(from, tail)) != head) return false;
  store<usize>(worker, worker, WORKER_ROBBING); // Q4
  return true;
}

function unclaimAll(worker: usize): void {
  const address = worker + WORKER_QUEUE_HEAD;
  const from = steal(word.load64(address));
  word.store64(address, pack(from, from));
  store<usize>(worker, 0, WORKER_ROBBING);
}

/** How many tasks `takeNewestHalf` takes. */
export const OVERFLOW_TASKS: u32 = HALF;

/**
 * The oldest task, or 0. Owner only.
 *
 * Needs: nothing of its own; what the task's waker wrote is seen through the task's state.
 */
export function pop(worker: usize): usize {
  const address = worker + WORKER_QUEUE_HEAD;
  let seen = word.load64(address);
  while (true) {
    const from = real(seen);
    if (from == ownTail(worker)) return 0;
    const after = from + 1;
    // Q2: a thief's part keeps its beginning.
    const next = steal(seen) == from ? pack(after, after) : pack(steal(seen), after);
    const found = word.compareExchange64(address, seen, next);
    if (found == seen) return load<usize>(slot(worker, from));
    seen = found; // A thief took some, or finished.
  }
}

/**
 * Moves half of `victim`'s tasks, rounded up, to the caller's queue; returns the last of them, to
 * be run now, or 0. Counts them in `myStolen`.
 */
export function stealInto(victim: usize, worker: usize): usize {
  const own = word.load64(worker + WORKER_QUEUE_HEAD);
  if (ownTail(worker) - steal(own) > HALF) return 0; // No room for a half.
  const count = claimHalf(victim);
  return count == 0 ? 0 : copyClaimed(victim, worker, count);
}

/**
 * The first step of a theft: claims half of `victim`'s tasks; returns how many.
 *
 * Needs: acquire on the victim's tail, paired with the release in `push`.
 */
export function claimHalf(victim: usize): u32 {
  const address = victim + WORKER_QUEUE_HEAD;
  let seen = word.load64(address);
  while (true) {
    const available = word.load(victim + WORKER_QUEUE_TAIL) - real(seen);
    const count = available - available / 2;
    if (count == 0 || steal(seen) != real(seen)) return 0; // Q2: one thief at a time.
    const found = word.compareExchange64(address, seen, pack(steal(seen), real(seen) + count));
    if (found == seen) {
      store<u32>(myWorker, count, WORKER_ROBBED);
      store<usize>(myWorker, victim, WORKER_ROBBING); // Q4
      assert(count <= HALF);
      return count;
    }
    seen = found;
  }
}

/**
 * The second step: copies what was claimed, and gives the slots back.
 *
 * Needs: release on the victim's head when done, so that its owner may write the slots again.
 */
export function copyClaimed(victim: usize, worker: usize, count: u32): usize {
  const tail = ownTail(worker);
  const from = steal(word.load64(victim + WORKER_QUEUE_HEAD)); // Q2: it stays until `finishSteal`.
  for (let index: u32 = 0; index < count; index++) {
    const task = load<usize>(slot(victim, from + index));
    store<usize>(slot(worker, tail + index), task); // Q3: our own free slots.
  }
  finishSteal(victim + WORKER_QUEUE_HEAD);
  word.store(worker + WORKER_QUEUE_TAIL, tail + count - 1);
  store<usize>(worker, 0, WORKER_ROBBING);
  myStolen = count;
  return load<usize>(slot(worker, tail + count - 1));
}

/** How many tasks the last successful `stealInto` of this thread took. */
export let myStolen: u32 = 0;

/** Gives the copied slots back to the owner, who may have popped further meanwhile. */
function finishSteal(address: usize): void {
  let seen = word.load64(address);
  while (true) {
    const found = word.compareExchange64(address, seen, pack(real(seen), real(seen)));
    if (found == seen) return;
    seen = found;
  }
}

/**
 * Of a dead worker: how many tasks it had claimed from another and not yet copied. What it had
 * claimed of its own queue is in the queue again. (Q4)
 */
export function loot(worker: usize): u32 {
  const victim = load<usize>(worker, WORKER_ROBBING);
  if (victim == 0) return 0;
  if (victim != worker) return load<u32>(worker, WORKER_ROBBED);
  unclaimAll(worker);
  return 0;
}

/** A dead worker's loot, task by task. */
export function lootAt(worker: usize, index: u32): usize {
  const victim = load<usize>(worker, WORKER_ROBBING);
  return load<usize>(slot(victim, steal(word.load64(victim + WORKER_QUEUE_HEAD)) + index));
}

/** Ends a dead worker's theft: somebody else has taken the loot over. */
export function endLoot(worker: usize): void {
  finishSteal(load<usize>(worker, WORKER_ROBBING) + WORKER_QUEUE_HEAD);
  store<usize>(worker, 0, WORKER_ROBBING);
}

/** Tasks in the queue. Exact for the owner; for others a recent value, never above the slots. */
export function length(worker: usize): u32 {
  const head = word.load64(worker + WORKER_QUEUE_HEAD);
  return min(word.load(worker + WORKER_QUEUE_TAIL) - real(head), SLOTS);
}

/** Room in the queue as its owner sees it. */
export function room(worker: usize): u32 {
  return SLOTS - (ownTail(worker) - steal(word.load64(worker + WORKER_QUEUE_HEAD)));
}

/** A plain read: only the owner writes the tail (Q3), and the owner asks. */
function ownTail(worker: usize): u32 {
  return load<u32>(worker, WORKER_QUEUE_TAIL);
}

function slot(worker: usize, position: u32): usize {
  return worker + WORKER_QUEUE_RING + ((position & (SLOTS - 1)) << 2);
}

function steal(head: u64): u32 {
  return <u32>(head >> 32);
}

function real(head: u64): u32 {
  return <u32>head;
}

function pack(stealPosition: u32, realPosition: u32): u64 {
  return ((<u64>stealPosition) << 32) | realPosition;
}
