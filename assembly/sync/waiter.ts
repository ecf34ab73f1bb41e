/**
 * A waiter: one registered wait, whatever for.
 *
 *                  fire, target is a task
 *        +-----------------------------------------+
 *        |                                         v
 *   ARMED ---- fire, target is a token ----> QUEUED ---- delivered ----> FIRED
 *        |                                     |                           |
 *        | drop                           drop |                      drop |
 *        v                                     v                           v
 *      FREE  <------- met by the turn ----- DROPPED                      FREE
 *
 * ONCE is QUEUED for a waiter that nobody else knows: delivery frees it.
 *
 * Invariants
 *   W1  An ARMED waiter is in exactly one list, through `next` and `prev`. That is the one at its
 *       `home`, or, of a timer that is about to fire or to sink, none.
 *   W2  A QUEUED, DROPPED or ONCE waiter is a node of its owner's pinned list, by `next` alone,
 *       and is freed by nobody else.
 *   W3  Only the owner's thread touches a waiter.
 *   W4  One that is to wake a Wasm task owns a reference to it; once FIRED, it is that task's.
 *       Until then its home tells in whose wheel it is, or was before it fired.
 */

import * as list from "../collection/list";
import { runtimeAddress } from "../memory/region";
import * as slab from "../memory/slab";
import * as node from "../queue/node";
import * as pinned from "../queue/pinned";
import { toOwner, wakeWith } from "../queue/submit";
import {
  RUNTIME_WAITER_SLAB,
  WAITER_DEADLINE,
  WAITER_GENERATION,
  WAITER_HOME,
  WAITER_NEXT,
  WAITER_PREV,
  WAITER_SIZE,
  WAITER_STATE,
  WAITER_TARGET,
  WORKER_FIRING,
  WORKER_FREE_WAITERS,
  WORKER_WAITERS_LIVE,
} from "../shared/layout";
import {
  KIND_WASM,
  WAITER_ARMED,
  WAITER_DROPPED,
  WAITER_FIRED,
  WAITER_FREE,
  WAITER_ONCE,
  WAITER_QUEUED,
} from "../shared/verdicts";
import { myWorker } from "../sys/self";
import { TaskHeader } from "../task/header";
import * as state from "../task/state";

@unmanaged
export class Waiter {
  /** WAITER_*. The owner's alone so far (W3). The host reads it. */
  state: u32;
  next: usize;
  prev: usize;
  /** Whom to wake: a task's address, or a token times two plus one, or 0 for nobody. */
  target: u32;
  /** When a timer is due. */
  deadlineTicks: u64;
  /** The address of the list's head, while ARMED. */
  home: usize;
  generation: u32;
}
if (offsetof<Waiter>("state") != WAITER_STATE) ERROR("Waiter.state moved");
if (offsetof<Waiter>("next") != WAITER_NEXT) ERROR("Waiter.next moved");
if (offsetof<Waiter>("prev") != WAITER_PREV) ERROR("Waiter.prev moved");
if (offsetof<Waiter>("target") != WAITER_TARGET) ERROR("Waiter.target moved");
if (offsetof<Waiter>("deadlineTicks") != WAITER_DEADLINE) ERROR("Waiter.deadlineTicks moved");
if (offsetof<Waiter>("home") != WAITER_HOME) ERROR("Waiter.home moved");
if (offsetof<Waiter>("generation") != WAITER_GENERATION) ERROR("Waiter.generation moved");
if (offsetof<Waiter>() != WAITER_SIZE) ERROR("Waiter changed size");

/** A waiter in no list yet, or null if memory is full. */
export function create(target: u32): Waiter | null {
  const waiter = allocate(target);
  if (waiter !== null) count(1);
  return waiter;
}

export function free(waiter: Waiter): void {
  count(-1);
  release(waiter);
}

/** As `create`, but not counted: a Wasm task's, which outlives this worker. */
export function allocate(target: u32): Waiter | null {
  const shared = runtimeAddress() + RUNTIME_WAITER_SLAB;
  const own = myWorker + WORKER_FREE_WAITERS;
  const address = slab.allocate(own, shared, WAITER_SIZE, WAITER_GENERATION);
  if (address == 0) return null;
  const waiter = changetype<Waiter>(address);
  waiter.state = WAITER_ARMED;
  waiter.target = target;
  return waiter;
}

/** Frees a waiter that is not counted. */
export function release(waiter: Waiter): void {
  waiter.state = WAITER_FREE;
  const shared = runtimeAddress() + RUNTIME_WAITER_SLAB;
  const own = myWorker + WORKER_FREE_WAITERS;
  slab.free(own, shared, changetype<usize>(waiter), WAITER_GENERATION);
}

/** Puts a waiter at the end of the list whose head stands at `home`. */
export function link(waiter: Waiter, home: usize): void {
  list.append(home, changetype<usize>(waiter));
  waiter.home = home; // Last: a thread that dies before has not linked it. (W1)
}

/** Takes a waiter out of its list. True if the list is now empty. */
export function unlink(waiter: Waiter): bool {
  assert(waiter.state == WAITER_ARMED); // W1
  list.remove(waiter.home, changetype<usize>(waiter));
  return load<usize>(waiter.home) == 0;
}

/** Ends the wait of an unlinked waiter and wakes its target. */
export function fire(waiter: Waiter): void {
  assert(waiter.state == WAITER_ARMED);
  const target = waiter.target;
  if (target & 1) {
    waiter.state = WAITER_QUEUED;
    pinned.push(myWorker, node.make(changetype<usize>(waiter), node.WAITER)); // W2
    return;
  }
  waiter.state = WAITER_FIRED;
  wakeTarget(target);
}

/** Wakes the task that a waiter which has fired is for, if it is for one. */
export function wakeTarget(target: usize): void {
  if (target == 0) return;
  if (changetype<TaskHeader>(target).kind == KIND_WASM) {
    // From then on the waiter is its task's, wherever that runs (W4).
    wakeWith(target, WORKER_FIRING);
    return;
  }
  const mustQueue = state.notify(target);
  store<usize>(myWorker, 0, WORKER_FIRING);
  if (mustQueue) toOwner(target);
}

/**
 * Takes a queued waiter off the pinned list for delivery. Its token, or u32.MAX_VALUE if it was
 * given up meanwhile.
 */
export function deliver(waiter: Waiter): u32 {
  if (waiter.state == WAITER_DROPPED) {
    free(waiter);
    return u32.MAX_VALUE;
  }
  if (waiter.state == WAITER_ONCE) {
    const token = waiter.target >> 1;
    free(waiter);
    return token;
  }
  assert(waiter.state == WAITER_QUEUED); // W2
  waiter.state = WAITER_FIRED;
  return waiter.target >> 1;
}

/** Gives up a waiter that is in no list of its own: queued or fired. */
export function dropUnlinked(waiter: Waiter): void {
  if (waiter.state == WAITER_QUEUED) {
    waiter.state = WAITER_DROPPED; // W2: the turn frees it.
    return;
  }
  assert(waiter.state == WAITER_FIRED);
  free(waiter);
}

/** Wakes the bearer of `token` once the drivers have been looked at. False if memory is full. */
export function defer(token: u32): bool {
  const waiter = create(token * 2 + 1);
  if (waiter === null) return false;
  waiter.state = WAITER_ONCE;
  pinned.defer(myWorker, node.make(changetype<usize>(waiter), node.WAITER)); // W2
  return true;
}

function count(by: i32): void {
  store<i32>(myWorker, load<i32>(myWorker, WORKER_WAITERS_LIVE) + by, WORKER_WAITERS_LIVE);
}
