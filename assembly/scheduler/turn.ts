/**
 * One turn of a worker: look at the clock and the queues, and hand the host what needs its hands.
 *
 * Pinned work goes out by the batch. Portable tasks start one at a time, so that those still
 * queued can be stolen while the host is busy with this one.
 *
 * A thread that is killed stops where a function or a round of a loop begins. What has left a queue
 * by then, and is not yet in another place, is in the worker's hand.
 */

import { below } from "../collection/random";
import { runtimeAddress } from "../memory/region";
import * as idle from "../queue/idle";
import * as inbox from "../queue/inbox";
import * as inject from "../queue/inject";
import * as local from "../queue/local";
import * as node from "../queue/node";
import * as pinned from "../queue/pinned";
import {
  blockingQueue,
  hasStealable,
  injector,
  isEnding,
  stealers,
  takesPortable,
  wakeSearcher,
  workerAt,
  workersIdle,
} from "../queue/submit";
import {
  RUNTIME_FIXED_INTERVAL,
  WORKER_BUSY_MS,
  WORKER_HAND,
  WORKER_INTERVAL,
  WORKER_JOINING,
  WORKER_KIND,
  WORKER_LIFE,
  WORKER_LIFO,
  WORKER_LIFO_POLLS,
  WORKER_MEAN_POLL_US,
  WORKER_NEXT_DEADLINE,
  WORKER_NODE_NOW,
  WORKER_OWNED,
  WORKER_POLL_COUNT,
  WORKER_READY,
  WORKER_READY_COUNT,
  WORKER_STEAL_COUNT,
  WORKER_STEAL_OPERATIONS,
  WORKER_TICKS_LEFT,
} from "../shared/layout";
import {
  GLOBAL_INTERVAL_MAX,
  GLOBAL_INTERVAL_MIN,
  GLOBAL_INTERVAL_TARGET_US,
  INJECT_BATCH_MAX,
  READY_SLOTS,
  RUNS_PER_TURN,
} from "../shared/limits";
import {
  KIND_WASM,
  OUTCOME_CANCELLED,
  REASON_CALL,
  REASON_CANCEL,
  REASON_JOIN,
  REASON_ORPHAN,
  REASON_RESUME,
  REASON_START,
  REASON_WAITER,
  THREAD_BLOCKING,
  TURN_IDLE,
  TURN_MORE,
  TURN_READY,
} from "../shared/verdicts";
import * as stakes from "../sync/stake";
import { deliver, Waiter } from "../sync/waiter";
import { bump } from "../sys/counter";
import { myIndex, myWorker } from "../sys/self";
import { TaskHeader } from "../task/header";
import * as owned from "../task/owned";
import * as state from "../task/state";
import * as tasks from "../task/task";
import * as timers from "../time/driver";
import { consumeJoin, endUnbegun, UNBOUND } from "./finish";
import * as guest from "./guest";
import * as calls from "./guest-call";
import { takeDrop } from "./guest-timer";
import { takeLeftovers } from "./shutdown";

/** The weight of one poll in the moving average, as Tokio's. */
const POLL_WEIGHT: f64 = 0.1;

/** One turn at `now`. Returns TURN_*; the ready buffer holds what the host must see to. */
export function turn(now: f64, driversPolled: bool): u32 {
  const worker = myWorker;
  account(worker, now);
  store<u32>(worker, 0, WORKER_READY_COUNT);
  timers.advance(now);
  if (driversPolled) pinned.wakeDeferred(worker);
  takeLeftovers(worker);
  inbox.drain(worker, worker);

  emitPinned(worker);
  const ranAll = runAndStart(worker);
  if (load<u32>(worker, WORKER_READY_COUNT) > 0) {
    stopSearching(worker);
    return TURN_READY;
  }
  if (!ranAll) return TURN_MORE;
  giveUpSearch();
  if (pinned.hasDeferred(worker) || !pinned.isEmpty(worker)) return TURN_MORE;
  store<f64>(worker, timers.nextDeadline(), WORKER_NEXT_DEADLINE);
  return TURN_IDLE;
}

/** Everything pinned, up to a buffer's worth less the place for one start. */
function emitPinned(worker: usize): void {
  while (load<u32>(worker, WORKER_READY_COUNT) < <u32>READY_SLOTS - 1) {
    const entry = nextPinned(worker);
    if (entry == 0) return;
    const address = node.addressOf(entry);
    const kind = node.kindOf(entry);
    if (kind == node.TASK) take(worker, address);
    else if (kind == node.JOIN) emitJoin(worker, node.joinedTask(entry));
    else if (kind == node.DROP) takeDrop(address);
    else if (kind == node.CALL) {
      calls.arrive(address);
      emit(worker, <u32>address, REASON_CALL);
    } else {
      const token =
        kind == node.STAKE ? stakes.deliver(address) : deliver(changetype<Waiter>(address));
      if (token != u32.MAX_VALUE) emit(worker, token, REASON_WAITER);
    }
  }
}

/**
 * The oldest pinned entry. What is in no list then is noted: a task that has not begun is in the
 * hand, one that has ended is being joined.
 */
function nextPinned(worker: usize): node.Node {
  const entry = pinned.pop(worker);
  if (entry == 0) return 0;
  const kind = node.kindOf(entry);
  if (kind == node.JOIN) store<usize>(worker, node.joinedTask(entry), WORKER_JOINING);
  if (kind != node.TASK) return entry;
  const header = changetype<TaskHeader>(node.addressOf(entry));
  if (header.token != UNBOUND && header.kind != KIND_WASM) return entry;
  header.next = 0;
  store<usize>(worker, entry, WORKER_HAND);
  return entry;
}

/**
 * A task has ended. If its spawner has died nobody wants its output, but sockets may be in it; in a
 * guest's there are none.
 */
function emitJoin(worker: usize, task: usize): void {
  const header = changetype<TaskHeader>(task);
  if (header.joinOwner == myIndex && header.joinLife == load<u32>(worker, WORKER_LIFE)) {
    emit(worker, <u32>task, REASON_JOIN);
    store<usize>(worker, 0, WORKER_JOINING);
  } else if (header.payload != 0 && header.kind != KIND_WASM) {
    emit(worker, <u32>task, REASON_ORPHAN);
    store<usize>(worker, 0, WORKER_JOINING);
  } else consumeJoin(task);
}

/** A popped task of any kind that belongs to this worker now. */
function emitTask(worker: usize, task: usize): bool {
  const header = changetype<TaskHeader>(task);
  const verdict = state.claim(task);
  if (verdict == state.Claim.Skip || verdict == state.Claim.Free) {
    store<usize>(worker, 0, WORKER_HAND); // First: its slot may be another task's from here on.
    if (verdict == state.Claim.Free) tasks.free(task);
    return false;
  }
  const cancelled = verdict == state.Claim.Cancel;
  if (header.token != UNBOUND) {
    emit(worker, header.token, cancelled ? REASON_CANCEL : REASON_RESUME);
    return true;
  }
  if (cancelled || isEnding()) {
    endUnbegun(task, OUTCOME_CANCELLED);
    return false;
  }
  header.owner = myIndex;
  owned.push(worker, task);
  store<usize>(worker, 0, WORKER_HAND);
  emit(worker, <u32>task, REASON_START);
  return true;
}

/**
 * Runs Wasm tasks, and hands the host at most one task to start. False if there may be more to run:
 * the drivers and the clock have to be looked at in between.
 */
function runAndStart(worker: usize): bool {
  for (let round = 0; round < RUNS_PER_TURN; round++) {
    const task = nextStart(worker);
    if (task == 0) return true;
    changetype<TaskHeader>(task).next = 0;
    store<usize>(worker, task, WORKER_HAND);
    if (take(worker, task)) return true;
  }
  return false;
}

/** Goes on with a popped task, right here if it is a Wasm task. True if the host has to. */
function take(worker: usize, task: usize): bool {
  if (changetype<TaskHeader>(task).kind != KIND_WASM) return emitTask(worker, task);
  // It may run for long: whoever else could work must not wait for its end.
  stopSearching(worker);
  guest.poll(task);
  return false;
}

function nextStart(worker: usize): usize {
  if (load<u32>(worker, WORKER_KIND) == THREAD_BLOCKING) {
    // One job at a time: the thread is lent to it until it ends.
    return load<usize>(worker, WORKER_OWNED) == 0 ? inject.popList(blockingQueue(), 1) : 0;
  }
  if (!takesPortable(worker)) return 0;
  if (isInjectorsTurn(worker)) {
    const task = inject.popList(injector(), 1);
    if (task != 0) return task;
  }
  const own = nextOwn(worker);
  if (own != 0) return own;
  const batch = takeBatch(worker);
  if (batch != 0) return batch;
  // Pinned work comes before other workers' tasks: they have an owner who will get to them.
  if (load<u32>(worker, WORKER_READY_COUNT) > 0) return 0;
  return robSomeone(worker);
}

/** True once in WORKER_INTERVAL calls. *Why not a remainder*: the division alone costs 2 ns. */
function isInjectorsTurn(worker: usize): bool {
  const left = load<u32>(worker, WORKER_TICKS_LEFT);
  const isTurn = left <= 1;
  store<u32>(worker, isTurn ? load<u32>(worker, WORKER_INTERVAL) : left - 1, WORKER_TICKS_LEFT);
  return isTurn;
}

function nextOwn(worker: usize): usize {
  const lifo = load<usize>(worker, WORKER_LIFO);
  if (lifo == 0) {
    store<u32>(worker, 0, WORKER_LIFO_POLLS);
    return local.pop(worker);
  }
  store<usize>(worker, 0, WORKER_LIFO);
  store<u32>(worker, load<u32>(worker, WORKER_LIFO_POLLS) + 1, WORKER_LIFO_POLLS);
  return lifo;
}

/** This worker's fair share of the injector: one to start now, the others into its queue. */
function takeBatch(worker: usize): usize {
  const waiting = inject.length(injector());
  if (waiting == 0) return 0;
  const share = min(waiting / stealers() + 1, min(local.room(worker), INJECT_BATCH_MAX));
  const first = inject.popList(injector(), max(share, 1));
  if (first == 0) return 0;
  let task = changetype<TaskHeader>(first).next;
  while (task != 0) {
    const following = changetype<TaskHeader>(task).next;
    // There is room: it was counted, and only this thread pushes.
    const outcome = local.push(worker, task);
    changetype<TaskHeader>(first).next = following; // Before anything else: it left the hand.
    assert(outcome == local.Push.Done);
    task = following;
  }
  return first;
}

/** Half of another worker's queue, beginning with a random one. */
function robSomeone(worker: usize): usize {
  const workers = stealers();
  if (workers < 2) return 0;
  // The limit on searching spares contention. It must not keep idle hands from work that is there:
  // who counts as searching may have been picked in its event loop and be held there.
  if (!idle.startSearch(workersIdle(), worker) && !hasStealable()) return 0;
  const from = below(workers);
  for (let step: u32 = 0; step < workers; step++) {
    const victim = workerAt((from + step) % workers);
    if (victim == worker) continue;
    const task = local.stealInto(victim, worker);
    if (task == 0) continue;
    bump(WORKER_STEAL_OPERATIONS, 1);
    bump(WORKER_STEAL_COUNT, local.myStolen);
    return task;
  }
  return inject.popList(injector(), 1);
}

/**
 * The search had none. It ends with the turn: the thread may visit its event loop next, where other
 * people's code can hold it for as long as it likes, and whoever searches keeps others asleep.
 */
function giveUpSearch(): void {
  if (idle.stopSearch(workersIdle(), myWorker) && hasStealable()) wakeSearcher();
}

/** The search had a result. The last one to search sends another out, if there is more. */
function stopSearching(worker: usize): void {
  if (idle.stopSearch(workersIdle(), worker) && hasStealable()) wakeSearcher();
}

/** Settles the time and the polls since the last turn. */
function account(worker: usize, now: f64): void {
  const since = load<f64>(worker, WORKER_NODE_NOW);
  store<f64>(worker, now, WORKER_NODE_NOW);
  if (since < 0) return;
  const busy = max(now - since, 0);
  store<f64>(worker, load<f64>(worker, WORKER_BUSY_MS) + busy, WORKER_BUSY_MS);
  const polls = load<u32>(worker, WORKER_READY_COUNT);
  if (polls == 0) return;
  bump(WORKER_POLL_COUNT, polls);
  averagePoll(worker, (busy * 1000) / polls, polls);
}

/** Moves the average towards `pollUs`, and the injector's interval with it. */
function averagePoll(worker: usize, pollUs: f64, polls: u32): void {
  const mean = load<f64>(worker, WORKER_MEAN_POLL_US);
  const weight = polls == 1 ? POLL_WEIGHT : 1 - power(1 - POLL_WEIGHT, polls);
  const next = mean == 0 ? pollUs : mean + weight * (pollUs - mean);
  store<f64>(worker, next, WORKER_MEAN_POLL_US);
  if (load<u32>(runtimeAddress(), RUNTIME_FIXED_INTERVAL) != 0) return;
  const wanted = <f64>GLOBAL_INTERVAL_TARGET_US / max(next, 0.1);
  const bounded = max(<f64>GLOBAL_INTERVAL_MIN, min(<f64>GLOBAL_INTERVAL_MAX, wanted));
  store<u32>(worker, <u32>bounded, WORKER_INTERVAL);
}

/** By squaring: one round for each bit. Not `**`, which for all numbers is 3 KB of code. */
function power(base: f64, exponent: u32): f64 {
  let result: f64 = 1;
  for (let left = exponent; left != 0; left >>= 1) {
    if (left & 1) result *= base;
    base *= base;
  }
  return result;
}

function emit(worker: usize, value: u32, reason: u32): void {
  const count = load<u32>(worker, WORKER_READY_COUNT);
  const entry = worker + WORKER_READY + (count << 3);
  store<u32>(entry, value);
  store<u32>(entry, reason, 4);
  store<u32>(worker, count + 1, WORKER_READY_COUNT);
}
