/**
 * Wasm tasks as coroutines: a call in the middle of a guest's function leaves the stack, and any
 * worker goes on from there.
 *
 * The guest was compiled with Binaryen's *asyncify*: told to unwind, its functions save their
 * locals and return one after the other; told to rewind, they are called again and find their way
 * back to the very call. Each thread has its own instance of the guest, and the frames say nothing
 * of the thread: so it does not matter which one goes on.
 *
 *              run                      suspend
 *   Outside ---------> Forward ------------------------> Unwinding ---+
 *      ^                  ^                                           |
 *      |   run, frames    | resumed                    the frames are |
 *      |  +-----------> Rewinding                      saved, and `run` returns
 *      +--------------------------------------------------------------+
 *
 * Frames are unwound into a room of the worker's, which is large, and copied from there into a
 * block of their size: a task that waits is as small as what it has to remember. The rooms are
 * there before the first guest is, and a successor inherits one: no task fails for want of it.
 */
import * as heap from "../memory/heap";
import { runtimeAddress } from "../memory/region";
import {
  FRAMES_END,
  FRAMES_FIRST,
  FRAMES_WAIT,
  RUNTIME_FRAMES_MAX,
  TASK_FRAMES,
  WORKER_FRAMES,
} from "../shared/layout";
import { FRAMES_KEPT } from "../shared/limits";
import { myWorker } from "../sys/self";
import { asyncifyData, become, becomeWith, NORMAL, REWINDING, UNWINDING } from "./asyncify";
import { collect } from "./collector";
import { enter } from "./entry";
import { TaskHeader } from "./header";

/** How a run ended. */
export const enum Ending {
  /** The function has returned. */
  Returned,
  /** It waits, and its frames are kept. */
  Waits,
  /** It waits, but its frames are more than a task may have: they are gone. */
  TooDeep,
  /** There is no memory for its frames. */
  NoMemory,
}

const enum Phase {
  Outside,
  Forward,
  Unwinding,
  Rewinding,
}

/** The task whose function runs on this thread, or 0. */
export let myTask: usize = 0;
let myPhase: Phase = Phase.Outside;

/** Makes a new task one that has no frames yet. */
export function prepare(header: TaskHeader): void {
  setFrames(header, 0);
}

/** Runs a task from its beginning, or from where it waits, on a worker that has a room. */
export function run(task: usize): Ending {
  assert(myPhase == Phase.Outside && load<usize>(myWorker, WORKER_FRAMES) != 0);
  const header = changetype<TaskHeader>(task);
  myTask = task;
  if (framesOf(header) == 0) myPhase = Phase.Forward;
  else {
    myPhase = Phase.Rewinding;
    becomeWith(REWINDING, load<usize>(framesOf(header), FRAMES_END));
  }
  enter(header);
  const ending = myPhase == Phase.Unwinding ? save(header) : Ending.Returned;
  myPhase = Phase.Outside;
  myTask = 0;
  return ending;
}

/**
 * Frees what a task that has just been suspended cannot reach any more. Should the guest's visitor
 * trap, it is the task that has trapped.
 */
export function collectGarbage(task: usize): void {
  myTask = task;
  collect(changetype<TaskHeader>(task));
  myTask = 0;
}

/** Is the running task back at the call where it waited? Asked first by whatever may wait. */
export function resumed(): bool {
  if (myPhase != Phase.Rewinding) return false;
  myPhase = Phase.Forward;
  become(NORMAL);
  return true;
}

/** Takes what the resumed task waited for: the waiter or stake that it suspended with. */
export function takeWait(): usize {
  return take(framesOf(changetype<TaskHeader>(myTask)));
}

/** What the resumed task waited for, which stays beside its frames: see `placeOfWait`. */
export function peekWait(): usize {
  return load<usize>(framesOf(changetype<TaskHeader>(myTask)), FRAMES_WAIT);
}

/** Suspends the resumed task with what it waited for. At any moment that stands in one place. */
export function suspendAgain(): void {
  const frames = framesOf(changetype<TaskHeader>(myTask));
  const waiter = load<usize>(frames, FRAMES_WAIT);
  store<usize>(load<usize>(myWorker, WORKER_FRAMES), waiter, FRAMES_WAIT);
  store<usize>(frames, 0, FRAMES_WAIT);
  suspend(waiter);
}

/** Where it says what the resumed task waited for; 0 if that was nothing. */
export function placeOfRunning(): usize {
  return placeOfWait(changetype<TaskHeader>(myTask), myWorker);
}

/**
 * Where to write down what the running task is about to wait for, before it can come about. It is
 * suspended with that next.
 */
export function placeForWait(): usize {
  return load<usize>(myWorker, WORKER_FRAMES) + FRAMES_WAIT;
}

/**
 * Leaves the running task's stack once the caller returns. The task has `waiter`, or 0, until it
 * is resumed or ended.
 */
export function suspend(waiter: usize): void {
  assert(myPhase == Phase.Forward);
  myPhase = Phase.Unwinding;
  const room = load<usize>(myWorker, WORKER_FRAMES);
  store<usize>(room, waiter, FRAMES_WAIT);
  becomeWith(UNWINDING, room + FRAMES_FIRST);
}

/** The running task has trapped: the guest's instance is made ready for the next one. */
export function abandon(): usize {
  const task = myTask;
  become(NORMAL);
  myPhase = Phase.Outside;
  myTask = 0;
  return task;
}

/**
 * The address where it says what a task waits for that will not be resumed; 0 if it waits for
 * nothing. If `worker` was about to suspend it, that is not beside its frames so far.
 */
export function placeOfWait(header: TaskHeader, worker: usize): usize {
  const room = load<usize>(worker, WORKER_FRAMES);
  if (room != 0 && load<usize>(room, FRAMES_WAIT) != 0) return room + FRAMES_WAIT;
  const frames = framesOf(header);
  return frames != 0 && load<usize>(frames, FRAMES_WAIT) != 0 ? frames + FRAMES_WAIT : 0;
}

function take(frames: usize): usize {
  const waiter = load<usize>(frames, FRAMES_WAIT);
  store<usize>(frames, 0, FRAMES_WAIT);
  return waiter;
}

/** Frees what a task remembers of its stack. */
export function forget(header: TaskHeader): void {
  const frames = framesOf(header);
  setFrames(header, 0);
  if (frames != 0) heap.release(frames);
}

/** Copies what was unwound into the task's own block. */
function save(header: TaskHeader): Ending {
  become(NORMAL);
  const room = load<usize>(myWorker, WORKER_FRAMES);
  const bytes = asyncifyData - room;
  if (bytes - FRAMES_FIRST > load<u32>(runtimeAddress(), RUNTIME_FRAMES_MAX)) return Ending.TooDeep;
  let frames = framesOf(header);
  if (!suits(frames, <u32>bytes)) {
    forget(header);
    frames = heap.allocate(<u32>bytes);
    if (frames == 0) return Ending.NoMemory;
    // First: whoever ends the task, should the thread die as it copies, looks there.
    store<usize>(frames, 0, FRAMES_WAIT);
    setFrames(header, frames);
  }
  // *Why not `memory.copy`*: as in `memory/slab`. *Why not by eight bytes*: measured, that
  // takes as long, and frames are a multiple of four.
  for (let at: usize = FRAMES_FIRST; at < bytes; at += 4) {
    store<u32>(frames + at, load<u32>(room + at));
  }
  store<usize>(frames, take(room), FRAMES_WAIT);
  store<usize>(frames, frames + bytes, FRAMES_END);
  return Ending.Waits;
}

/**
 * Has a block of frames the size for so many bytes? One that is far too large is given back: many
 * a task is deep down once, as it begins, and then waits for long.
 */
function suits(frames: usize, bytes: u32): bool {
  if (frames == 0) return false;
  const capacity = heap.capacity(frames);
  return capacity >= bytes && (capacity <= <u32>FRAMES_KEPT || capacity < 8 * bytes);
}

function framesOf(header: TaskHeader): usize {
  return load<usize>(changetype<usize>(header), TASK_FRAMES);
}

function setFrames(header: TaskHeader, frames: usize): void {
  store<usize>(changetype<usize>(header), frames, TASK_FRAMES);
}
