/**
 * Timers of Wasm tasks. Each stands in the wheel of the worker that armed it, and its task may be
 * on another one by the time it fires, or is given up.
 */
import * as heap from "../memory/heap";
import * as inbox from "../queue/inbox";
import * as node from "../queue/node";
import { unpark } from "../queue/park";
import { workerOf } from "../queue/submit";
import { DROP_SIZE, DROP_WAITER, WORKER_GUEST_WAITS } from "../shared/layout";
import { STAKE_TAG, WAITER_ARMED, WAITER_FIRED } from "../shared/verdicts";
import * as waiters from "../sync/waiter";
import { Waiter } from "../sync/waiter";
import { now } from "../sys/host";
import { myWorker } from "../sys/self";
import * as coroutine from "../task/coroutine";
import { myTask } from "../task/coroutine";
import * as state from "../task/state";
import * as tasks from "../task/task";
import * as timers from "../time/driver";

/** Waits until a moment of the runtime's clock. False if memory is full. */
export function sleepUntil(deadlineMs: f64): bool {
  if (coroutine.resumed()) {
    if (hasFired(coroutine.peekWait())) dropWait(coroutine.placeOfRunning());
    else coroutine.suspendAgain();
    return true;
  }
  const timer = arm(deadlineMs);
  if (timer != 0) coroutine.suspend(timer);
  return timer != 0;
}

/** A timer for the running task to suspend with next, or 0 if memory is full. */
export function arm(deadlineMs: f64): usize {
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

function hasFired(timer: usize): bool {
  return changetype<Waiter>(timer).state == WAITER_FIRED;
}

/** The time to go by. A timer that has fired is right, whatever this thread's clock says. */
export function timeOf(timer: usize): f64 {
  const time = now();
  if (timer == 0 || !hasFired(timer)) return time;
  return max(time, <f64>changetype<Waiter>(timer).deadlineTicks);
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
