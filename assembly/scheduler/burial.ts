/**
 * What is left of a worker whose thread died: locks, tasks, sockets, memory.
 *
 * Runs on another thread, once the platform has said that the thread is gone. Nothing of the dead
 * worker moves any more, so its private lists may be read; its shared words are read as thieves do.
 *
 * A thread is killed where a function or a round of a loop begins. Whatever somebody else waits for
 * is in a list by then, or written down in the worker: so it comes about, or is given up. What goes
 * with the thread is at most what it had in hand between a list of free slots and their user, one
 * of a kind; `test/assembly/scheduler/kill.test.ts` tries every such place.
 */

import * as io from "../io/readiness";
import { donate } from "../memory/free-list";
import * as heap from "../memory/heap";
import { runtimeAddress } from "../memory/region";
import * as idle from "../queue/idle";
import * as inbox from "../queue/inbox";
import * as inject from "../queue/inject";
import * as local from "../queue/local";
import * as node from "../queue/node";
import { unpark } from "../queue/park";
import * as pinned from "../queue/pinned";
import {
  blockingIdle,
  blockingQueue,
  takesPortable,
  threads,
  toInjector,
  toOwner,
  workerAt,
  workerOf,
  workersIdle,
} from "../queue/submit";
import {
  IDLE_LOCK,
  INJECTOR_LOCK,
  LEVEL_SIZE,
  LEVEL_SLOTS,
  OWN_LIST_SIZE,
  RUNTIME_BLOCKING,
  RUNTIME_BLOCKING_IDLE,
  RUNTIME_BLOCKING_WANTED,
  RUNTIME_HEAP,
  RUNTIME_IDLE,
  RUNTIME_INJECTOR,
  RUNTIME_IO_SLAB,
  RUNTIME_POLLER,
  RUNTIME_PRIMITIVE_SLAB,
  RUNTIME_SOCKETS_LOCK,
  RUNTIME_STAKE_SLAB,
  RUNTIME_TASK_SLAB,
  RUNTIME_WAITER_SLAB,
  SHARED_LIST_LOCK,
  SHARED_LIST_SIZE,
  TASK_KIND,
  TASK_STAKES,
  WHEEL_LEVEL_FIRST,
  WORKER_CONNECTIONS,
  WORKER_ENDING,
  WORKER_FIRING,
  WORKER_FIRING_NEXT,
  WORKER_FREE_BLOCKS,
  WORKER_FREE_IO,
  WORKER_FREE_PRIMITIVES,
  WORKER_FREE_STAKES,
  WORKER_FREE_TASKS,
  WORKER_FREE_WAITERS,
  WORKER_HAND,
  WORKER_IO_HEAD,
  WORKER_JOINING,
  WORKER_KIND,
  WORKER_LIFE,
  WORKER_LIFO,
  WORKER_READY,
  WORKER_READY_COUNT,
  WORKER_RUNS,
  WORKER_SOCKETS_LIVE,
  WORKER_STATE,
  WORKER_WAITERS_LIVE,
  WORKER_WHEEL,
} from "../shared/layout";
import { HEAP_CLASSES, UNBEGUN_DEATHS_MAX, WHEEL_LEVELS, WHEEL_SLOTS } from "../shared/limits";
import {
  BEGUN,
  ENDING_TOLD,
  KIND_BLOCKING,
  KIND_LOCAL,
  KIND_PINNED,
  KIND_WASM,
  OUTCOME_CANCELLED,
  OUTCOME_WORKER_LOST,
  REASON_JOIN,
  REASON_ORPHAN,
  THREAD_BLOCKING,
  WAITER_ARMED,
  WAITER_FIRED,
} from "../shared/verdicts";
import { bury as buryStakes, dropAll, mend as mendSection } from "../sync/drop";
import { deliver as deliverStake } from "../sync/stake";
import { free as freeWaiter, Waiter, wakeTarget } from "../sync/waiter";
import * as word from "../sys/atomic";
import { breakFor } from "../sys/lock";
import { myIndex, myWorker } from "../sys/self";
import { NOBODY, TaskHeader } from "../task/header";
import * as owned from "../task/owned";
import * as state from "../task/state";
import * as tasks from "../task/task";
import * as timers from "../time/driver";
import {
  announce,
  conclude,
  concludeLocal,
  consumeJoin,
  dropPayload,
  endUnbegun,
  part,
  setPayload,
  UNBOUND,
} from "./finish";
import * as guest from "./guest";
import * as calls from "./guest-call";
import { finishLeaving } from "./guest-join";
import { takeDrop } from "./guest-timer";
import { endSpin } from "./lifecycle";

/**
 * Cleans up after worker `index`; a new thread may then attach under the same index. The cause of
 * its death is the host's encoding of a value, which stays the caller's.
 */
export function bury(
  index: u32,
  causeKind: u32,
  cause: usize,
  causeSize: u32,
  causeNumber: f64,
): void {
  const worker = workerAt(index);
  const waiters = load<u32>(myWorker, WORKER_WAITERS_LIVE);
  breakLocks(index);
  leaveIdle(worker);
  endSpin(worker);
  calls.giveUp(worker);
  buryStakes(worker, index); // Before the nodes: those that were granted are freed there.
  finishLeaving(worker);
  rescueLoot(worker);
  rescueHand(worker);
  rescueStealable(worker);
  settleEnding(worker);
  endJoining(worker);
  endRunning(worker);
  takeOverTimers(worker);
  let kept = emptyNodes(worker);
  // Ends with the list: each round takes one off.
  for (let task = owned.first(worker); task != 0; task = owned.first(worker)) {
    owned.remove(worker, task);
    if (!state.isRunning(task)) state.seize(task);
    if (load<u8>(task, TASK_KIND) == KIND_LOCAL) concludeLocal(task);
    else if (hasBegun(task)) loseTask(task, causeKind, cause, causeSize, causeNumber);
    else if (rescue(task)) {
      changetype<TaskHeader>(task).next = kept;
      kept = task;
    }
  }
  store<u32>(myWorker, waiters, WORKER_WAITERS_LIVE); // Those freed were not its own.
  donateMemory(worker);
  reset(worker);
  // Pinned tasks that had not begun wait for the successor.
  let task = kept;
  while (task != 0) {
    const following = changetype<TaskHeader>(task).next;
    inbox.send(worker, node.make(task, node.TASK));
    task = following;
  }
  wakeAll();
}

/**
 * Puts right what this thread was about to do as a guest ran out of stack inside of the core: like
 * a kill, that comes where a function begins. Here the thread goes on.
 */
export function mend(): void {
  breakLocks(myIndex);
  calls.giveUp(myWorker);
  rescueHand(myWorker);
  mendSection(myWorker, myIndex);
  finishLeaving(myWorker);
  wakeAll();
}

/** The descriptor of the next socket that a dead worker left open, or -1. Call before `bury`. */
export function takeOrphanSocket(index: u32): i32 {
  const worker = workerAt(index);
  const socket = load<usize>(worker, WORKER_IO_HEAD);
  if (socket == 0) return -1;
  const waiters = load<u32>(myWorker, WORKER_WAITERS_LIVE);
  const fd = io.bury(worker, changetype<io.Socket>(socket));
  store<u32>(myWorker, waiters, WORKER_WAITERS_LIVE);
  return fd;
}

function breakLocks(index: u32): void {
  const runtime = runtimeAddress();
  breakFor(runtime + RUNTIME_INJECTOR + INJECTOR_LOCK, index);
  breakFor(runtime + RUNTIME_BLOCKING + INJECTOR_LOCK, index);
  breakFor(runtime + RUNTIME_IDLE + IDLE_LOCK, index);
  breakFor(runtime + RUNTIME_BLOCKING_IDLE + IDLE_LOCK, index);
  breakFor(runtime + RUNTIME_TASK_SLAB + SHARED_LIST_LOCK, index);
  breakFor(runtime + RUNTIME_WAITER_SLAB + SHARED_LIST_LOCK, index);
  breakFor(runtime + RUNTIME_IO_SLAB + SHARED_LIST_LOCK, index);
  breakFor(runtime + RUNTIME_STAKE_SLAB + SHARED_LIST_LOCK, index);
  breakFor(runtime + RUNTIME_PRIMITIVE_SLAB + SHARED_LIST_LOCK, index);
  breakFor(runtime + RUNTIME_SOCKETS_LOCK, index);
  breakFor(runtime + RUNTIME_POLLER, index);
  for (let blockClass: u32 = 0; blockClass < <u32>HEAP_CLASSES; blockClass++) {
    breakFor(runtime + RUNTIME_HEAP + blockClass * SHARED_LIST_SIZE + SHARED_LIST_LOCK, index);
  }
}

function leaveIdle(worker: usize): void {
  if (word.exchange(worker + WORKER_STATE, 0) == 0) return;
  if (takesPortable(worker)) idle.bury(workersIdle(), worker);
  else if (load<u32>(worker, WORKER_KIND) == THREAD_BLOCKING) {
    idle.bury(blockingIdle(), worker);
  }
}

/** What it was about to steal is still in its victim's ring, and locked in there. */
function rescueLoot(worker: usize): void {
  const count = local.loot(worker);
  if (count == 0) return;
  for (let index: u32 = 0; index < count; index++) toInjector(local.lootAt(worker, index));
  local.endLoot(worker);
}

/** What had left one queue and not got to another. */
function rescueHand(worker: usize): void {
  let task = load<usize>(worker, WORKER_HAND);
  store<usize>(worker, 0, WORKER_HAND);
  while (task != 0) {
    const header = changetype<TaskHeader>(task);
    const following = header.next;
    if (state.isRunning(task)) loseClaimed(worker, task);
    else if (header.kind == KIND_WASM) toInjector(task);
    else if (header.owner != NOBODY) requeue(worker, task);
    else if (header.kind == KIND_BLOCKING) inject.push(blockingQueue(), task);
    else toInjector(task);
    task = following;
  }
}

/** It lives in some worker's JavaScript, or is to: with the dead one's it is seen to further on. */
function requeue(worker: usize, task: usize): void {
  const owner = workerAt(changetype<TaskHeader>(task).owner);
  if (owner == worker) pinned.push(worker, node.make(task, node.TASK));
  else toOwner(task);
}

/** It was claimed, and ends as lost. */
function loseClaimed(worker: usize, task: usize): void {
  if (load<u8>(task, TASK_KIND) == KIND_WASM) store<usize>(worker, task, WORKER_RUNS);
  else owned.push(worker, task);
}

/** The task that was ending as the thread died. */
function settleEnding(worker: usize): void {
  const note = load<usize>(worker, WORKER_ENDING);
  const task = note & ~(<usize>ENDING_TOLD);
  store<usize>(worker, 0, WORKER_ENDING);
  if (task == 0) return;
  if (note != task) part(task);
  else if (state.isComplete(task)) announce(task);
  else owned.push(worker, task); // It ends as lost.
}

/** An ended task that the host was reading, or had not been handed: what it has not taken goes. */
function endJoining(worker: usize): void {
  const task = load<usize>(worker, WORKER_JOINING);
  store<usize>(worker, 0, WORKER_JOINING);
  if (task != 0) consumeJoin(task);
}

/**
 * The dead thread may have queued work, or picked a sleeper, and not got to waking anybody. So all
 * look once; blocking jobs without a thread are asked for again.
 */
function wakeAll(): void {
  if (inject.length(blockingQueue()) > 0) {
    word.add(runtimeAddress() + RUNTIME_BLOCKING_WANTED, 1);
  }
  for (let index: u32 = 0; index < threads(); index++) {
    const worker = workerAt(index);
    if (word.load(worker + WORKER_STATE) != 0) unpark(worker);
  }
}

/** What nobody had begun runs elsewhere. */
function rescueStealable(worker: usize): void {
  const lifo = load<usize>(worker, WORKER_LIFO);
  store<usize>(worker, 0, WORKER_LIFO);
  if (lifo != 0) toInjector(lifo);
  // Ends: nobody fills the queue any more.
  while (true) {
    const task = local.pop(worker);
    if (task == 0) return;
    toInjector(task);
  }
}

/** Empties the worker's lists of nodes; returns, as a list, the tasks that had not begun. */
function emptyNodes(worker: usize): usize {
  let kept: usize = 0;
  let last: usize = 0;
  rescueReady(worker);
  inbox.finishDrain(worker);
  inbox.drain(worker, worker);
  pinned.wakeDeferred(worker);
  while (true) {
    const entry = pinned.pop(worker);
    if (entry == 0) return kept;
    const address = node.addressOf(entry);
    const kind = node.kindOf(entry);
    if (kind == node.JOIN)
      pinned.push(myWorker, entry); // An orphan: see `emitJoin`.
    else if (kind == node.WAITER) freeWaiter(changetype<Waiter>(address));
    else if (kind == node.DROP) takeDrop(address);
    else if (kind == node.STAKE) deliverStake(address);
    else if (changetype<TaskHeader>(address).token == UNBOUND) {
      changetype<TaskHeader>(address).next = 0;
      if (last == 0) kept = address;
      else changetype<TaskHeader>(last).next = address;
      last = address;
    } else if (state.release(address)) tasks.free(address); // The entry's reference.
  }
}

/** Ends of tasks that the last turn has handed over, and that the host has not taken: orphans. */
function rescueReady(worker: usize): void {
  const count = load<u32>(worker, WORKER_READY_COUNT);
  store<u32>(worker, 0, WORKER_READY_COUNT);
  for (let index: u32 = 0; index < count; index++) {
    const entry = worker + WORKER_READY + (index << 3);
    const reason = load<u32>(entry, 4);
    if (reason != REASON_JOIN && reason != REASON_ORPHAN) continue;
    pinned.push(myWorker, node.joinOf(load<u32>(entry)));
  }
}

function hasBegun(task: usize): bool {
  return changetype<TaskHeader>(task).begun == BEGUN;
}

/** Its joiner hears that the worker is lost, and of what. */
function loseTask(task: usize, kind: u32, cause: usize, size: u32, number: f64): void {
  const header = changetype<TaskHeader>(task);
  dropPayload(header);
  dropAll(task + TASK_STAKES);
  const copy: usize = size == 0 ? 0 : heap.allocate(size);
  // Without memory for it, the joiner hears no cause.
  if (copy != 0) memory.copy(copy, cause, size);
  if (copy != 0 || size == 0) setPayload(header, kind, copy, size, number);
  else setPayload(header, 0, 0, 0, 0);
  header.outcome = <u8>OUTCOME_WORKER_LOST;
  conclude(task);
}

/**
 * Queues a task again that the worker had taken and not begun: unless it has been aborted, or has
 * had too many workers die. True if it must wait for the successor, which is left to the caller.
 */
function rescue(task: usize): bool {
  const header = changetype<TaskHeader>(task);
  header.token = UNBOUND;
  header.begun += 1;
  if (header.begun == UNBEGUN_DEATHS_MAX) {
    endUnbegun(task, OUTCOME_WORKER_LOST);
    return false;
  }
  const isPinned = header.kind == KIND_PINNED;
  if (!isPinned) header.owner = NOBODY;
  if (state.yieldNow(task) == state.Suspend.Cancel) {
    endUnbegun(task, OUTCOME_CANCELLED);
    return false;
  }
  if (header.kind == KIND_BLOCKING) inject.pushFirst(blockingQueue(), task);
  else if (!isPinned) toInjector(task);
  return isPinned;
}

/** Wasm tasks that sleep are still there, and go on elsewhere; other timers go with the worker. */
function takeOverTimers(worker: usize): void {
  for (let level: u32 = 0; level < <u32>WHEEL_LEVELS; level++) {
    const slots = worker + WORKER_WHEEL + WHEEL_LEVEL_FIRST + level * LEVEL_SIZE + LEVEL_SLOTS;
    for (let slot: u32 = 0; slot < <u32>WHEEL_SLOTS; slot++) {
      let timer = load<usize>(slots + (slot << 2));
      while (timer != 0) {
        const following = changetype<Waiter>(timer).next;
        takeOver(worker, timer);
        timer = following;
      }
    }
  }
  takeOverFiring(worker);
}

/** Those that were due as it died, and had left the wheel: the one in hand, and the rest. */
function takeOverFiring(worker: usize): void {
  const current = load<usize>(worker, WORKER_FIRING);
  let timer = load<usize>(worker, WORKER_FIRING_NEXT);
  store<usize>(worker, 0, WORKER_FIRING);
  store<usize>(worker, 0, WORKER_FIRING_NEXT);
  // One that its task has seen fired may be another task's by now, in another worker's wheel.
  if (current != 0 && workerOf(changetype<Waiter>(current).home) == worker) {
    const waiter = changetype<Waiter>(current);
    if (waiter.state == WAITER_ARMED) takeOver(worker, current);
    else if (waiter.state == WAITER_FIRED) wakeTarget(waiter.target);
  }
  while (timer != 0) {
    const following = changetype<Waiter>(timer).next;
    takeOver(worker, timer);
    timer = following;
  }
}

function takeOver(worker: usize, address: usize): void {
  const timer = changetype<Waiter>(address);
  const target = timer.target;
  // It may have sunk to its new slot, and still be in hand.
  if (load<usize>(worker, WORKER_FIRING) == address) store<usize>(worker, 0, WORKER_FIRING);
  if (target == 0 || target & 1 || load<u8>(target, TASK_KIND) != KIND_WASM) freeWaiter(timer);
  else timers.adopt(timer);
}

/** A Wasm task that ran there at the moment has lost its stack. */
function endRunning(worker: usize): void {
  const task = load<usize>(worker, WORKER_RUNS);
  store<usize>(worker, 0, WORKER_RUNS);
  if (task != 0) guest.end(task, OUTCOME_WORKER_LOST, worker);
}

function donateMemory(worker: usize): void {
  const runtime = runtimeAddress();
  donate(worker + WORKER_FREE_TASKS, runtime + RUNTIME_TASK_SLAB);
  donate(worker + WORKER_FREE_WAITERS, runtime + RUNTIME_WAITER_SLAB);
  donate(worker + WORKER_FREE_IO, runtime + RUNTIME_IO_SLAB);
  donate(worker + WORKER_FREE_STAKES, runtime + RUNTIME_STAKE_SLAB);
  donate(worker + WORKER_FREE_PRIMITIVES, runtime + RUNTIME_PRIMITIVE_SLAB);
  heap.donateAll(worker);
}

/**
 * Everything but what tells the worker's story goes back to its beginning. The queue is empty, and
 * stays as it is: a thief may still be copying out of it.
 */
function reset(worker: usize): void {
  store<u32>(worker, load<u32>(worker, WORKER_LIFE) + 1, WORKER_LIFE);
  store<u32>(worker, 0, WORKER_WAITERS_LIVE);
  store<u32>(worker, 0, WORKER_SOCKETS_LIVE);
  word.store(worker + WORKER_CONNECTIONS, 0);
  memory.fill(worker + WORKER_WHEEL, 0, WHEEL_LEVEL_FIRST + WHEEL_LEVELS * LEVEL_SIZE);
  memory.fill(worker + WORKER_FREE_BLOCKS, 0, HEAP_CLASSES * OWN_LIST_SIZE);
}
