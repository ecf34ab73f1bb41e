/**
 * Wasm tasks: how they are born, polled, joined and ended.
 *
 * References. A queued task has its entry's, its runner's, and its joiner's: the host's, or that of
 * the Wasm task that spawned it and has it among its children. A waiter has one to the task that it
 * is to wake, and so has a task to the one that waits to join it: whoever wakes gives it up.
 *
 * Handles. Those that go with a new task are moved once it is in the hand and before it is queued:
 * should the thread die in between, the task runs without. A task that has returned a handle keeps
 * it: the joiner takes it, or gives it up with the output; if there is none, whoever announces.
 */
import * as heap from "../memory/heap";
import * as inbox from "../queue/inbox";
import * as node from "../queue/node";
import { unpark } from "../queue/park";
import { hold, isEnding, start, toEnd, workerOf } from "../queue/submit";
import {
  DROP_SIZE,
  DROP_WAITER,
  TASK_STAKES,
  WORKER_GUEST_WAITS,
  WORKER_HAND,
  WORKER_LIFE,
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
  STAKE_TAG,
  WAITER_ARMED,
  WAITER_FIRED,
} from "../shared/verdicts";
import { dropAll, dropAllBut } from "../sync/drop";
import * as stakes from "../sync/stake";
import { Stake } from "../sync/stake";
import * as waiters from "../sync/waiter";
import { Waiter } from "../sync/waiter";
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
import * as timers from "../time/driver";
import { concludeWasm, dropPayload } from "./finish";

/** A queued task's references: its entry's, its runner's and its joiner's. */
const REFERENCES: u32 = 3;

/** Did the running task ask to go to the back of the line? */
let myYielded: bool = false;

/**
 * A task for the host to join. Takes over the block, and the handles that are tied together from
 * `luggage` on and are nobody's. 0 if memory is full.
 */
export function spawnFromHost(
  entry: u32,
  shape: u32,
  number: u64,
  block: usize,
  blockSize: u32,
  joinToken: u32,
  luggage: usize,
): usize {
  const task = create(entry, shape, number, block);
  if (task == 0) return 0;
  const header = changetype<TaskHeader>(task);
  header.payloadSize = blockSize;
  header.joinOwner = myIndex;
  header.joinToken = joinToken;
  header.joinLife = load<u32>(myWorker, WORKER_LIFE);
  state.initialize(task, REFERENCES, state.Interest.Waits);
  hold(task);
  moveLuggage(luggage, 0, task);
  start(task);
  return task;
}

/**
 * A task for the running one to join. Takes over the block, and the handles that are tied together
 * from `luggage` on. 0 if memory is full.
 */
export function spawn(entry: u32, shape: u32, number: u64, block: usize, luggage: usize): usize {
  assert(myTask != 0); // Not while a guest is instantiated.
  const task = create(entry, shape, number, block);
  if (task == 0) return 0;
  changetype<TaskHeader>(task).joinOwner = NOBODY;
  state.initialize(task, REFERENCES, state.Interest.Some);
  hold(task); // First: a thread that dies from here on leaves it to its burial.
  siblings.add(myTask, task);
  moveLuggage(luggage, myTask + TASK_STAKES, task);
  start(task);
  return task;
}

/** Ends, even if a handle was tied twice: one that has moved is not its former owner's any more. */
function moveLuggage(first: usize, from: usize, task: usize): void {
  let handle = first;
  while (handle != 0 && changetype<Stake>(handle).owner == from) {
    const following = changetype<Stake>(handle).next;
    stakes.move(handle, task + TASK_STAKES);
    handle = following;
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
  leaveChildren(task);
  dropAllBut(outcome == OUTCOME_VALUE ? handleOf(header) : 0, task + TASK_STAKES);
  coroutine.forget(header);
  arena.clear(header);
  if (outcome != OUTCOME_VALUE && outcome != OUTCOME_PANIC) dropPayload(header);
  header.outcome = <u8>outcome;
  concludeWasm(task);
}

/** The handle that is a task's value, or 0. */
function handleOf(header: TaskHeader): usize {
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

/** Makes a handle the running task's value, which keeps it until the joiner takes it. */
export function completeWith(handle: usize): void {
  complete(handle);
  changetype<TaskHeader>(myTask).payloadKind = <u8>ENTRY_HANDLE;
}

export function yieldNow(): void {
  if (!coroutine.resumed()) letOthersRun();
}

/** Suspends the running task, and queues it behind all others. */
export function letOthersRun(): void {
  myYielded = true;
  coroutine.suspend(0);
}

/** Takes a unit of the budget, and lets others run if there is none. */
export function consumeBudget(): void {
  if (!coroutine.resumed() && !budget.proceed()) letOthersRun();
}

/** Waits until a moment of the runtime's clock. False if memory is full. */
export function sleepUntil(deadlineMs: f64): bool {
  if (coroutine.resumed()) {
    if (hasFired(coroutine.peekWait())) dropWait(coroutine.placeOfRunning());
    else coroutine.suspendAgain();
    return true;
  }
  const timer = armTimer(deadlineMs);
  if (timer != 0) coroutine.suspend(timer);
  return timer != 0;
}

/** A timer for the running task to suspend with next, or 0 if memory is full. */
export function armTimer(deadlineMs: f64): usize {
  const place = coroutine.placeForWait();
  const timer = waiters.allocate(0);
  if (timer === null) return 0;
  // First, and with no call in between: whatever cuts this off, the task has the timer. It counts
  // as no worker's, for it outlives them; so a worker's count may be negative.
  store<usize>(place, changetype<usize>(timer));
  store<i32>(myWorker, load<i32>(myWorker, WORKER_GUEST_WAITS) + 1, WORKER_GUEST_WAITS);
  state.retain(myTask); // The waiter's.
  timer.target = <u32>myTask;
  timers.start(timer, deadlineMs);
  return changetype<usize>(timer);
}

export function hasFired(timer: usize): bool {
  return changetype<Waiter>(timer).state == WAITER_FIRED;
}

/** Waits until a child has ended; its OUTCOME_*. */
export function join(child: usize): u32 {
  coroutine.resumed();
  if (pollJoin(child)) return changetype<TaskHeader>(child).outcome;
  coroutine.suspend(0);
  return 0;
}

/** Has a child ended? If not, the running task is woken as it does. */
export function pollJoin(child: usize): bool {
  return state.isComplete(child) || !awaitEnd(child);
}

/** Asks to be woken at the child's end. False if that has come. */
function awaitEnd(child: usize): bool {
  if (state.hasJoinWaker(child)) return true;
  changetype<TaskHeader>(child).joinToken = <u32>myTask;
  state.retain(myTask); // For the child's wake.
  if (state.setJoinWaker(child)) return true;
  state.release(myTask);
  return false;
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

/** Has a child ended, in whatever way? */
export function isFinished(child: usize): bool {
  return state.isComplete(child);
}

/** Asks a child to end at its next wait. */
export function abort(child: usize): void {
  if (state.cancel(child) != state.Cancel.Queue) return;
  hold(child);
  start(child);
}

/** Gives up a child's handle. Its output, if any, is dropped. */
export function leave(parent: usize, child: usize): void {
  siblings.remove(parent, child);
  leaveChild(parent, child);
}

function leaveChildren(task: usize): void {
  // Ends: each round takes one off.
  for (let child = siblings.pop(task); child != 0; child = siblings.pop(task)) {
    leaveChild(task, child);
  }
}

function leaveChild(parent: usize, child: usize): void {
  const waited = state.hasJoinWaker(child);
  // One that has ended has woken the parent, or is about to, and gives up the reference itself.
  if (!state.dropJoinInterest(child)) dropAll(child + TASK_STAKES);
  else if (waited) state.release(parent);
  if (state.release(child)) tasks.free(child);
}

/**
 * Gives up what a task waits for, which is written down at `place`, unless that is 0. It is there
 * until it is given up, or on its way: so whatever cuts this off, the next one goes on.
 */
export function dropWait(place: usize): void {
  if (place == 0) return;
  const wait = load<usize>(place);
  if (wait & STAKE_TAG) {
    store<usize>(place, 0); // A stake goes with the task's others.
    return;
  }
  const waiter = changetype<Waiter>(wait);
  const home = waiter.home;
  const isOwn = home == 0 || workerOf(home) == myWorker;
  if (isOwn || waiter.state == WAITER_FIRED) dropTimer(place);
  else sendDrop(workerOf(home), place);
}

/** Another worker's wheel has the timer: only that worker may touch it. */
function sendDrop(owner: usize, place: usize): void {
  const request = heap.allocate(DROP_SIZE);
  let mustWake = false;
  if (request != 0) {
    store<usize>(request, load<usize>(place), DROP_WAITER);
    mustWake = inbox.push(owner, node.make(request, node.DROP));
  } // Else memory is full: it stays until it fires, and wakes nobody.
  store<usize>(place, 0);
  if (mustWake) unpark(owner);
}

/** Another worker asks to give up a timer of this one. */
export function takeDrop(request: usize): void {
  const place = request + DROP_WAITER;
  const owner = workerOf(load<Waiter>(place).home);
  if (owner != myWorker) {
    // The owner died meanwhile, and its timers have moved on.
    inbox.send(owner, node.make(request, node.DROP));
    return;
  }
  dropTimer(place);
  heap.release(request);
}

/** Frees a timer that has fired, or is this worker's. */
function dropTimer(place: usize): void {
  const timer = load<Waiter>(place);
  const task = timer.state == WAITER_ARMED ? timer.target : 0;
  timer.target = 0; // Should it stay in the wheel, it wakes nobody, and goes with the wheel.
  store<usize>(place, 0);
  store<i32>(myWorker, load<i32>(myWorker, WORKER_GUEST_WAITS) - 1, WORKER_GUEST_WAITS);
  if (timer.state == WAITER_ARMED && timer.home != 0) timers.disarm(timer);
  waiters.release(timer);
  if (task != 0 && state.release(task)) tasks.free(task);
}

function numberOf(header: TaskHeader): u64 {
  return load<u64>(changetype<usize>(header), offsetof<TaskHeader>("number"));
}

function setNumber(header: TaskHeader, number: u64): void {
  store<u64>(changetype<usize>(header), number, offsetof<TaskHeader>("number"));
}
