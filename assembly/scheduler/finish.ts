/** How tasks begin and end: what is owed to whom, in which order. */

import * as heap from "../memory/heap";
import * as inbox from "../queue/inbox";
import * as inject from "../queue/inject";
import * as node from "../queue/node";
import { unpark } from "../queue/park";
import * as pinned from "../queue/pinned";
import {
  blockingQueue,
  callHome,
  hold,
  start,
  toBlockingPool,
  toOwner,
  wakeWith,
  workerAt,
} from "../queue/submit";
import {
  TASK_STAKES,
  WORKER_DEPARTING,
  WORKER_ENDING,
  WORKER_HAND,
  WORKER_JOINING,
  WORKER_LIFE,
  WORKER_RUNS,
} from "../shared/layout";
import {
  BEGUN,
  ENDING_TOLD,
  KIND_BLOCKING,
  KIND_LOCAL,
  KIND_PINNED,
  KIND_WASM,
  OUTCOME_CANCELLED,
  OUTCOME_VALUE,
} from "../shared/verdicts";
import { dropAll } from "../sync/drop";
import * as stakes from "../sync/stake";
import { reportFailure } from "../sys/host";
import { myIndex, myWorker } from "../sys/self";
import { NOBODY, TaskHeader } from "../task/header";
import * as owned from "../task/owned";
import * as state from "../task/state";
import * as tasks from "../task/task";

/** The token of a task that no continuation belongs to yet. */
export const UNBOUND: u32 = u32.MAX_VALUE;

/** The references of a local task as it is queued: its entry's and its host's. */
const LOCAL_REFERENCES: u32 = 2;
/** Those of a portable one: its entry's, its runner's and its joiner's. */
const PORTABLE_REFERENCES: u32 = 3;

export function spawnLocal(token: u32): usize {
  const task = tasks.create(KIND_LOCAL);
  if (task == 0) return 0;
  const header = changetype<TaskHeader>(task);
  header.token = token;
  header.owner = myIndex;
  owned.push(myWorker, task);
  state.initialize(task, LOCAL_REFERENCES, state.Interest.None);
  start(task);
  return task;
}

export function spawnPortable(
  kind: u32,
  worker: u32,
  functionId: u32,
  payloadKind: u32,
  payload: usize,
  payloadSize: u32,
  payloadNumber: f64,
  joinToken: u32,
): usize {
  const task = tasks.create(kind);
  if (task == 0) return 0;
  const header = changetype<TaskHeader>(task);
  header.token = UNBOUND;
  header.functionId = functionId;
  setPayload(header, payloadKind, payload, payloadSize, payloadNumber);
  header.joinOwner = myIndex;
  header.joinToken = joinToken;
  header.joinLife = load<u32>(myWorker, WORKER_LIFE);
  state.initialize(task, PORTABLE_REFERENCES, state.Interest.Waits);
  if (kind == KIND_PINNED) header.owner = worker;
  sendOff(task);
  if (kind == KIND_BLOCKING) toBlockingPool(task);
  else start(task);
  return task;
}

/** Takes a task that is queued next into the hand, and gives it what this host sends off. */
export function sendOff(task: usize): void {
  hold(task);
  stakes.moveAll(myWorker + WORKER_DEPARTING, task + TASK_STAKES);
}

/**
 * Ends a claimed portable task that never began. Its arguments stay where they are: the joiner's
 * host gives up what is in them.
 */
export function endUnbegun(task: usize, outcome: u32): void {
  changetype<TaskHeader>(task).outcome = <u8>outcome;
  store<usize>(myWorker, task, WORKER_ENDING);
  store<usize>(myWorker, 0, WORKER_HAND);
  conclude(task);
}

/** Ends a portable task of this worker that has not begun, as cancelled. */
export function refuse(task: usize): void {
  if (!state.isRunning(task)) state.seize(task);
  owned.remove(myWorker, task);
  store<usize>(myWorker, task, WORKER_ENDING); // As in `finish`.
  endUnbegun(task, OUTCOME_CANCELLED);
}

/**
 * Queues a task again that waits here and has not begun: any worker of its kind may take it. False
 * if it was aborted, of which its continuation is told.
 */
export function restart(task: usize): bool {
  // While it is queued nobody else does more than mark it: so its owner may change.
  if (!state.notify(task)) return false;
  const header = changetype<TaskHeader>(task);
  owned.remove(myWorker, task);
  header.token = UNBOUND;
  if (header.kind == KIND_BLOCKING) {
    inject.pushFirst(blockingQueue(), task); // This thread is free for it, and awake.
    return true;
  }
  if (header.kind != KIND_PINNED) header.owner = NOBODY;
  start(task);
  return true;
}

/** Ends a portable task that lives on this worker, and tells its joiner. */
export function finish(
  task: usize,
  outcome: u32,
  payloadKind: u32,
  payload: usize,
  payloadSize: u32,
  payloadNumber: f64,
): void {
  const header = changetype<TaskHeader>(task);
  if (!state.isRunning(task)) state.seize(task);
  dropPayload(header);
  dropAll(task + TASK_STAKES);
  stakes.moveAll(myWorker + WORKER_DEPARTING, task + TASK_STAKES);
  setPayload(header, payloadKind, payload, payloadSize, payloadNumber);
  header.begun = <u8>BEGUN; // Perhaps only so that nobody takes the output for arguments.
  header.outcome = <u8>outcome;
  owned.remove(myWorker, task);
  store<usize>(myWorker, task, WORKER_ENDING); // A thread that dies from here on has not told.
  conclude(task);
}

/** The last steps of every portable task: runs on its worker, or on whoever buries that worker. */
export function conclude(task: usize): void {
  assert(state.complete(task) == state.Joiner.Wake); // Every portable task has one.
  tasks.end();
  announce(task);
}

/** The last steps of a Wasm task. The host joins it, or the one that spawned it, or nobody. */
export function concludeWasm(task: usize): void {
  state.complete(task);
  store<usize>(myWorker, task, WORKER_ENDING);
  store<usize>(myWorker, 0, WORKER_RUNS);
  tasks.end();
  announce(task);
}

/** Tells the joiner of a task that is complete, if there is one. */
export function announce(task: usize): void {
  const header = changetype<TaskHeader>(task);
  const told = task | ENDING_TOLD;
  if (header.joinOwner != NOBODY) tell(task);
  else if (state.hasJoinWaker(task)) wakeWith(header.joinToken, WORKER_ENDING, told);
  else {
    if (!state.hasJoinInterest(task)) dropOutput(task);
    store<usize>(myWorker, told, WORKER_ENDING);
  }
  part(task);
}

/** The last of all: a burial may go on here with a task whose joiner was told. */
export function part(task: usize): void {
  const wasLast = state.releaseTwice(task);
  store<usize>(myWorker, 0, WORKER_ENDING);
  if (wasLast) tasks.free(task);
}

/**
 * Gives up what came of a Wasm task that nobody joins. The host reports a failure of which its
 * parent has not heard: once at the most, even if the thread dies meanwhile.
 */
export function dropOutput(task: usize): void {
  dropAll(task + TASK_STAKES);
  const header = changetype<TaskHeader>(task);
  const outcome = header.outcome;
  if (outcome == OUTCOME_VALUE || outcome == OUTCOME_CANCELLED || header.begun == BEGUN) return;
  header.begun = <u8>BEGUN;
  reportFailure(task);
}

/** By a node that has the joiner's reference with it: so the task cannot be freed before. */
function tell(task: usize): void {
  const joiner = workerAt(changetype<TaskHeader>(task).joinOwner);
  const mustWake = inbox.push(joiner, node.joinOf(task));
  store<usize>(myWorker, task | ENDING_TOLD, WORKER_ENDING);
  if (mustWake) unpark(joiner);
  callHome();
}

/** Ends a local task, polled at the moment or not, and frees it. */
export function completeLocal(task: usize): void {
  if (!state.isRunning(task)) state.seize(task);
  owned.remove(myWorker, task);
  concludeLocal(task);
}

export function concludeLocal(task: usize): void {
  state.complete(task);
  tasks.end();
  if (state.releaseTwice(task)) tasks.free(task);
}

/** Ends a poll: the task sleeps, or is queued again. */
export function suspend(task: usize): state.Suspend {
  const verdict = state.suspend(task);
  if (verdict == state.Suspend.Requeue) toOwner(task);
  assert(verdict != state.Suspend.Free); // Its runner still holds a reference.
  return verdict;
}

/** Ends a poll by going to the back of the line, behind the drivers. */
export function yieldNow(task: usize): state.Suspend {
  const verdict = state.yieldNow(task);
  if (verdict == state.Suspend.Requeue) pinned.defer(myWorker, node.make(task, node.TASK));
  return verdict;
}

/** Queues a task that somebody wants to go on. */
export function wake(task: usize): void {
  if (!state.notify(task)) return;
  hold(task);
  toOwner(task);
}

/** Asks a task to end at its next wait. False if it has ended, or was asked before. */
export function abort(task: usize, generation: u32): bool {
  if (!tasks.isCurrent(task, generation)) return false;
  const verdict = state.cancel(task);
  if (verdict == state.Cancel.Queue) {
    const header = changetype<TaskHeader>(task);
    // Idle means that it has started. A Wasm task has no owner: anybody ends it.
    assert(header.kind == KIND_WASM || header.owner != NOBODY);
    hold(task);
    toOwner(task);
  }
  return verdict != state.Cancel.TooLate;
}

/** Frees an ended task once its joiner has read the output, or given it up. */
export function consumeJoin(task: usize): void {
  dropAll(task + TASK_STAKES);
  store<usize>(myWorker, 0, WORKER_JOINING);
  if (state.release(task)) tasks.free(task);
}

/** Frees the arguments, or an output that nobody will read. */
export function dropPayload(header: TaskHeader): void {
  const block = header.payload;
  header.payload = 0; // First: a thread that dies in between loses a block, and frees none twice.
  if (block != 0) heap.release(block);
}

export function setPayload(
  header: TaskHeader,
  kind: u32,
  block: usize,
  size: u32,
  number: f64,
): void {
  header.payloadKind = <u8>kind;
  header.payload = block;
  header.payloadSize = size;
  header.number = number;
}
