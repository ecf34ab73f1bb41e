/**
 * Wasm tasks: how they are born, polled and ended.
 *
 * References. A queued task has its entry's, its runner's, and its joiner's: the host's, or that of
 * the Wasm task that spawned it and has it among its children. A waiter has one to the task that it
 * is to wake, and so has a task to the one that waits to join it: whoever wakes gives it up.
 *
 * Handles. Those that go with a new task are moved once it is in the hand and before it is queued:
 * should the thread die in between, the task runs without. A task that has returned a handle keeps
 * it: the joiner takes it, or gives it up with the output; if there is none, whoever announces.
 */
import { hold, isEnding, start, toEnd } from "../queue/submit";
import {
  TASK_STAKES,
  WORKER_HAND,
  WORKER_LIFE,
  WORKER_MESSAGE,
  WORKER_POLL_COUNT,
  WORKER_RUNS,
} from "../shared/layout";
import {
  ENTRY_HANDLE,
  KIND_WASM,
  OUTCOME_CANCELLED,
  OUTCOME_NO_MEMORY,
  OUTCOME_PANIC,
  OUTCOME_TOO_DEEP,
  OUTCOME_VALUE,
} from "../shared/verdicts";
import { dropAllBut } from "../sync/drop";
import * as stakes from "../sync/stake";
import { Stake } from "../sync/stake";
import { bump } from "../sys/counter";
import { myIndex, myWorker } from "../sys/self";
import * as arena from "../task/arena";
import * as budget from "../task/budget";
import * as coroutine from "../task/coroutine";
import { Ending, myTask } from "../task/coroutine";
import { NOBODY, TaskHeader } from "../task/header";
import * as siblings from "../task/siblings";
import * as state from "../task/state";
import * as tasks from "../task/task";
import { concludeWasm, dropPayload, sendOff } from "./finish";
import { movable, ownList } from "./guest-handle";
import { handleOf, leaveAll } from "./guest-join";
import { dropWait } from "./guest-timer";

/** A queued task's references: its entry's, its runner's and its joiner's. */
const REFERENCES: u32 = 3;

/** Did the running task ask to go to the back of the line? */
let myYielded: bool = false;

/**
 * A task for the host to join, with the number at WORKER_MESSAGE. Takes over the block, and what
 * the host sends off. 0 if memory is full.
 */
export function spawnFromHost(
  entry: u32,
  shape: u32,
  block: usize,
  blockSize: u32,
  joinToken: u32,
): usize {
  const task = create(entry, shape, load<u64>(myWorker, WORKER_MESSAGE), block);
  if (task == 0) return 0;
  const header = changetype<TaskHeader>(task);
  header.payloadSize = blockSize;
  header.joinOwner = myIndex;
  header.joinToken = joinToken;
  header.joinLife = load<u32>(myWorker, WORKER_LIFE);
  state.initialize(task, REFERENCES, state.Interest.Waits);
  sendOff(task);
  start(task);
  return task;
}

/**
 * A task for the running one to join. Takes over the block, and the handles that are tied together,
 * `luggage` first. Its handle, or 0 if memory is full.
 */
export function spawn(entry: u32, shape: u32, number: u64, block: usize, luggage: usize): usize {
  assert(myTask != 0); // Not while a guest is instantiated.
  const first = luggage == 0 ? <usize>0 : movable(luggage);
  const task = create(entry, shape, number, block);
  if (task == 0) return 0;
  changetype<TaskHeader>(task).joinOwner = NOBODY;
  changetype<TaskHeader>(task).joinToken = <u32>myTask;
  state.initialize(task, REFERENCES, state.Interest.Some);
  hold(task); // First: a thread that dies from here on leaves it to its burial.
  siblings.add(myTask, task);
  const handle = handleOf(task); // It may run, and be over, once it is queued.
  moveLuggage(first, task);
  start(task);
  return handle;
}

/** Ends, even if a stake was tied twice: one that has moved is not its former owner's any more. */
function moveLuggage(first: usize, task: usize): void {
  const from = ownList();
  let stake = first;
  while (stake != 0 && changetype<Stake>(stake).owner == from) {
    const following = changetype<Stake>(stake).next;
    stakes.move(stake, task + TASK_STAKES);
    stake = following;
  }
}

function create(entry: u32, shape: u32, number: u64, block: usize): usize {
  const task = tasks.create(KIND_WASM);
  if (task == 0) return 0;
  const header = changetype<TaskHeader>(task);
  coroutine.prepare(header);
  header.functionId = entry;
  header.payloadKind = <u8>shape;
  header.payload = block;
  setNumber(header, number);
  return task;
}

/** Polls a task that was taken off a queue. */
export function poll(task: usize): void {
  const verdict = state.claim(task);
  if (verdict == state.Claim.Skip || verdict == state.Claim.Free) {
    store<usize>(myWorker, 0, WORKER_HAND);
    if (verdict == state.Claim.Free) tasks.free(task);
    return;
  }
  store<usize>(myWorker, task, WORKER_RUNS);
  store<usize>(myWorker, 0, WORKER_HAND);
  if (verdict == state.Claim.Cancel || isEnding()) {
    end(task, OUTCOME_CANCELLED);
    return;
  }
  bump(WORKER_POLL_COUNT, 1);
  budget.refill();
  const ending = coroutine.run(task);
  const yielded = myYielded;
  myYielded = false;
  if (arena.takeDue() && ending == Ending.Waits) coroutine.collectGarbage(task);
  if (ending == Ending.Waits) rest(task, yielded);
  else if (ending == Ending.Returned) end(task, OUTCOME_VALUE);
  else end(task, ending == Ending.TooDeep ? OUTCOME_TOO_DEEP : OUTCOME_NO_MEMORY);
}

/** The task that has just run waits, or only let others run. */
function rest(task: usize, yielded: bool): void {
  const verdict = yielded ? state.yieldNow(task) : state.suspend(task);
  if (verdict == state.Suspend.Cancel) {
    end(task, OUTCOME_CANCELLED);
    return;
  }
  store<usize>(myWorker, 0, WORKER_RUNS); // From here on it is anybody's who is woken for it.
  if (verdict != state.Suspend.Requeue) return;
  hold(task);
  if (yielded) toEnd(task);
  else start(task);
}

/**
 * Ends a task that this worker runs, or a dead one ran, and gives back all that it has. Each thing
 * is taken from the task before it is given up: should the thread die here, its burial goes on with
 * the rest.
 */
export function end(task: usize, outcome: u32, worker: usize = myWorker): void {
  const header = changetype<TaskHeader>(task);
  dropWait(coroutine.placeOfWait(header, worker));
  leaveAll(task);
  dropAllBut(outcome == OUTCOME_VALUE ? stakeGivenBy(header) : 0, task + TASK_STAKES);
  coroutine.forget(header);
  arena.clear(header);
  if (outcome != OUTCOME_VALUE && outcome != OUTCOME_PANIC) dropPayload(header);
  header.outcome = <u8>outcome;
  concludeWasm(task);
}

/** The stake that is a task's value, or 0. */
function stakeGivenBy(header: TaskHeader): usize {
  return header.payloadKind == ENTRY_HANDLE ? <usize>numberOf(header) : 0;
}

/** The running task has trapped. Returns it, for the host to say why in `endTrapped`. */
export function trapped(): usize {
  if (myTask == 0) return 0;
  myYielded = false;
  return coroutine.abandon();
}

// What the running task asks for.

/** The argument that came as a number. */
export function argument(): u64 {
  return numberOf(changetype<TaskHeader>(myTask));
}

/** Sets the running task's value. */
export function complete(number: u64): void {
  setNumber(changetype<TaskHeader>(myTask), number);
}

/** Makes a stake the running task's value, which keeps it until the joiner takes it. */
export function completeWith(stake: usize): void {
  complete(stake);
  changetype<TaskHeader>(myTask).payloadKind = <u8>ENTRY_HANDLE;
}

export function yieldNow(): void {
  if (!coroutine.resumed()) letOthersRun();
}

/** Suspends the running task, and queues it behind all others. It may have a wait that is over. */
export function letOthersRun(wait: usize = 0): void {
  myYielded = true;
  coroutine.suspend(wait);
}

/** Takes a unit of the budget, and lets others run if there is none. */
export function consumeBudget(): void {
  if (!coroutine.resumed() && !budget.proceed()) letOthersRun();
}

/** Ends a task that has trapped. The block says why, in the host's own words. */
export function endTrapped(task: usize, kind: u32, block: usize, size: u32, number: f64): void {
  const header = changetype<TaskHeader>(task);
  dropPayload(header);
  header.payloadKind = <u8>kind;
  header.payload = block;
  header.payloadSize = size;
  header.number = number;
  end(task, OUTCOME_PANIC);
}

/** The number that a child has returned. */
export function outputOf(child: usize): u64 {
  return numberOf(changetype<TaskHeader>(child));
}

function numberOf(header: TaskHeader): u64 {
  return load<u64>(changetype<usize>(header), offsetof<TaskHeader>("number"));
}

function setNumber(header: TaskHeader, number: u64): void {
  store<u64>(changetype<usize>(header), number, offsetof<TaskHeader>("number"));
}
