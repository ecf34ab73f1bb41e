/** Birth of the runtime and of its workers, and how they sleep. */

import * as region from "../memory/region";
import * as idle from "../queue/idle";
import * as inbox from "../queue/inbox";
import * as inject from "../queue/inject";
import * as local from "../queue/local";
import * as park from "../queue/park";
import * as pinned from "../queue/pinned";
import {
  blockingIdle,
  blockingQueue,
  callHome,
  hasStealable,
  injector,
  takesPortable,
  threads,
  workerAt,
  workersIdle,
} from "../queue/submit";
import {
  RUNTIME_BLOCKING_IDLE,
  RUNTIME_FIRST_WORKER,
  RUNTIME_FIXED_INTERVAL,
  RUNTIME_FLAGS,
  RUNTIME_GUESTS,
  RUNTIME_IDLE,
  RUNTIME_SIZE,
  RUNTIME_SPINNERS,
  RUNTIME_SPINNERS_MAX,
  RUNTIME_THREADS,
  RUNTIME_WORKERS,
  WORKER_BUDGET,
  WORKER_BUSY_MS,
  WORKER_EVENT_FD,
  WORKER_FRAMES,
  WORKER_GUESTS,
  WORKER_INDEX,
  WORKER_INTERVAL,
  WORKER_KIND,
  WORKER_LATENCY_HISTOGRAM,
  WORKER_LIFE,
  WORKER_LIFO,
  WORKER_NEXT_DEADLINE,
  WORKER_NODE_NOW,
  WORKER_NOOP_COUNT,
  WORKER_OWNED,
  WORKER_PARK,
  WORKER_PARK_COUNT,
  WORKER_PARK_UNPARK_COUNT,
  WORKER_PARKED_AT,
  WORKER_POLL_COUNT,
  WORKER_POLL_FD,
  WORKER_POLL_HISTOGRAM,
  WORKER_POLLS_AT_PARK,
  WORKER_RANDOM,
  WORKER_SIZE,
  WORKER_SPINNING,
  WORKER_STAKES,
  WORKER_STATE,
  WORKER_TICKS_LEFT,
} from "../shared/layout";
import {
  BUDGET_PER_POLL,
  FRAMES_ROOM,
  GLOBAL_INTERVAL_START,
  STATICS_FIRST,
  STATICS_SLOT,
  STATICS_SLOTS,
} from "../shared/limits";
import { PARK_RUNNING, THREAD_BLOCKING } from "../shared/verdicts";
import { dropAll } from "../sync/drop";
import * as word from "../sys/atomic";
import { bump } from "../sys/counter";
import { become, myWorker } from "../sys/self";

/** How many rounds of looking go by between two looks at the queues of all others. A guess. */
const LOOK_AROUND: u32 = 16;

/** Divides the memory. Runs once, before any other thread. False if it does not fit. */
export function boot(workers: u32, structs: u32, flags: u32, fixedInterval: u32): bool {
  const runtime = region.runtimeAddress();
  assert(runtime + RUNTIME_SIZE <= <usize>STATICS_FIRST);
  region.boot(STATICS_FIRST + STATICS_SLOT * STATICS_SLOTS);
  store<u32>(runtime, workers, RUNTIME_WORKERS);
  store<u32>(runtime, structs, RUNTIME_THREADS);
  store<u32>(runtime, flags, RUNTIME_FLAGS);
  store<u32>(runtime, fixedInterval, RUNTIME_FIXED_INTERVAL);
  const first = region.carve(structs * WORKER_SIZE);
  const stacks = region.carve(structs << 3);
  if (first == 0 || stacks == 0) return false;
  store<u32>(runtime, first, RUNTIME_FIRST_WORKER);
  // Once made, it outlives its thread: a wake that is late must find it, and not whoever has its
  // number by then. The next thread of that index takes it over.
  for (let index: u32 = 0; index < structs; index++) {
    store<i32>(workerAt(index), -1, WORKER_EVENT_FD);
  }
  idle.boot(runtime + RUNTIME_IDLE, stacks, workers == 0 ? 1 : workers);
  idle.boot(runtime + RUNTIME_BLOCKING_IDLE, stacks + (structs << 2), structs);
  return true;
}

/** Makes this thread worker `index`. What a predecessor of that index left is reset already. */
export function attach(index: u32, kind: u32, randomSeed: u32): usize {
  const worker = workerAt(index);
  become(worker, index);
  store<u32>(worker, index, WORKER_INDEX);
  store<u32>(worker, kind, WORKER_KIND);
  store<u32>(worker, randomSeed | 1, WORKER_RANDOM);
  store<i32>(worker, -1, WORKER_POLL_FD);
  const fixed = load<u32>(region.runtimeAddress(), RUNTIME_FIXED_INTERVAL);
  const interval: u32 = fixed == 0 ? GLOBAL_INTERVAL_START : fixed;
  store<u32>(worker, interval, WORKER_INTERVAL);
  store<u32>(worker, interval, WORKER_TICKS_LEFT);
  store<f64>(worker, Infinity, WORKER_NEXT_DEADLINE);
  store<f64>(worker, -1, WORKER_NODE_NOW);
  store<i32>(worker, BUDGET_PER_POLL, WORKER_BUDGET);
  if (takesPortable(worker)) idle.join(workersIdle());
  else if (kind == THREAD_BLOCKING) idle.join(blockingIdle());
  word.store(worker + WORKER_PARK, PARK_RUNNING);
  word.store(worker + WORKER_STATE, 1);
  return worker;
}

/** Counts a thread that ends well as gone. It is awake, and has no tasks left. */
export function detach(): void {
  assert(load<usize>(myWorker, WORKER_LIFO) == 0 && local.length(myWorker) == 0); // E2
  if (word.exchange(myWorker + WORKER_STATE, 0) == 0) return;
  dropAll(myWorker + WORKER_STAKES); // What its JavaScript had of shared primitives.
  // Whoever attaches next must not be told of this thread's tasks.
  store<u32>(myWorker, load<u32>(myWorker, WORKER_LIFE) + 1, WORKER_LIFE);
  if (takesPortable(myWorker)) idle.bury(workersIdle(), myWorker);
  else if (load<u32>(myWorker, WORKER_KIND) == THREAD_BLOCKING) {
    idle.bury(blockingIdle(), myWorker);
  }
  callHome();
}

/** Gives every worker its histograms. False if memory is full. */
export function enableHistograms(pollBuckets: u32, latencyBuckets: u32): bool {
  for (let index: u32 = 0; index < threads(); index++) {
    if (pollBuckets > 0) {
      const block = region.carve(pollBuckets << 3);
      if (block == 0) return false;
      store<usize>(workerAt(index), block, WORKER_POLL_HISTOGRAM);
    }
    if (latencyBuckets > 0) {
      const block = region.carve(latencyBuckets << 3);
      if (block == 0) return false;
      store<usize>(workerAt(index), block, WORKER_LATENCY_HISTOGRAM);
    }
  }
  return true;
}

/**
 * Gives every worker the room that its guests unwind into, those too that have not started yet.
 * False if memory is full: then none has got one. Runs on home, before it makes a guest known.
 */
export function enableGuests(): bool {
  if (load<usize>(workerAt(0), WORKER_FRAMES) != 0) return true;
  const workers = max(<usize>load<u32>(region.runtimeAddress(), RUNTIME_WORKERS), 1);
  const rooms = region.carve(workers * FRAMES_ROOM);
  if (rooms == 0) return false;
  for (let index: usize = 0; index < workers; index++) {
    const room = rooms + index * FRAMES_ROOM;
    store<usize>(workerAt(<u32>index), room, WORKER_FRAMES);
  }
  return true;
}

/**
 * Publishes that this worker is about to sleep. False if there is work after all.
 *
 * It counts itself as sleeping first and looks at the queues last, so whoever adds work either is
 * seen here or sees a sleeper to wake.
 */
export function parkBegin(mode: u32, now: f64): bool {
  const worker = myWorker;
  if (hasOwnWork(worker)) return false;
  const participates = goToSleep(worker);
  if (!park.publish(worker, mode) || hasAnyWork(worker)) {
    park.clear(worker);
    if (participates) wakeUp(worker);
    return false;
  }
  notePark(worker, now);
  return true;
}

/** The worker is awake again. */
export function parkEnd(now: f64): void {
  const worker = myWorker;
  park.clear(worker);
  if (takesPart(worker)) wakeUp(worker);
  bump(WORKER_PARK_UNPARK_COUNT, 1);
  store<f64>(worker, now, WORKER_NODE_NOW);
}

/** Was a guest loaded of which this thread has no instance yet? It has to make it first. */
export function lacksGuests(): bool {
  const newest = word.load(region.runtimeAddress() + RUNTIME_GUESTS);
  return newest != word.load(myWorker + WORKER_GUESTS);
}

/**
 * Looks for work for up to `rounds` rounds. True if there is some.
 *
 * Refuses where it would only take a core from others: while somebody else spins, or while more
 * threads are awake than there are cores. While it looks it counts as searching: nobody is woken
 * for what it is about to see. (I3)
 */
export function spin(rounds: u32): bool {
  const worker = myWorker;
  if (!startSpin(worker)) return false;
  if (takesPortable(worker)) idle.startSearch(workersIdle(), worker);
  const found = look(worker, rounds);
  endSpin(worker);
  return (idle.stopSearch(workersIdle(), worker) && hasStealable()) || found;
}

/** Counts a worker as spinning, if there is a core to spin on. */
export function startSpin(worker: usize): bool {
  const runtime = region.runtimeAddress();
  const most = load<u32>(runtime, RUNTIME_SPINNERS_MAX);
  if (idle.awakeThreads(workersIdle()) > most + 1) return false;
  if (word.add(runtime + RUNTIME_SPINNERS, 1) >= most) {
    word.subtract(runtime + RUNTIME_SPINNERS, 1);
    return false;
  }
  store<u32>(worker, 1, WORKER_SPINNING);
  return true;
}

/** The worker spins no more; also said of one that died. */
export function endSpin(worker: usize): void {
  if (load<u32>(worker, WORKER_SPINNING) == 0) return;
  store<u32>(worker, 0, WORKER_SPINNING);
  word.subtract(region.runtimeAddress() + RUNTIME_SPINNERS, 1);
}

function look(worker: usize, rounds: u32): bool {
  const portable = takesPortable(worker);
  for (let round: u32 = 0; round < rounds; round++) {
    if (!inbox.isEmpty(worker)) return true;
    if (!portable) continue;
    if (inject.length(injector()) > 0) return true;
    // Less often, as there may be many workers.
    if (round % LOOK_AROUND == 0 && hasStealable()) return true;
  }
  return false;
}

/** Counts the caller as asleep where that matters; false if it does not. */
function goToSleep(worker: usize): bool {
  if (takesPortable(worker)) {
    idle.sleep(workersIdle(), worker);
    return true;
  }
  if (!takesJobs(worker)) return false;
  idle.sleep(blockingIdle(), worker);
  return true;
}

function wakeUp(worker: usize): void {
  idle.wakeSelf(takesPortable(worker) ? workersIdle() : blockingIdle(), worker);
}

function takesPart(worker: usize): bool {
  return takesPortable(worker) || load<u32>(worker, WORKER_KIND) == THREAD_BLOCKING;
}

/** Work that nobody else can see. */
function hasOwnWork(worker: usize): bool {
  return (
    !pinned.isEmpty(worker) || pinned.hasDeferred(worker) || load<usize>(worker, WORKER_LIFO) != 0
  );
}

function hasAnyWork(worker: usize): bool {
  if (!inbox.isEmpty(worker)) return true;
  if (takesPortable(worker)) return hasStealable();
  return takesJobs(worker) && inject.length(blockingQueue()) > 0;
}

/** Is this a thread for blocking jobs that has none? One whose job waits is not idle. */
function takesJobs(worker: usize): bool {
  if (load<u32>(worker, WORKER_KIND) != THREAD_BLOCKING) return false;
  return load<usize>(worker, WORKER_OWNED) == 0;
}

function notePark(worker: usize, now: f64): void {
  const since = load<f64>(worker, WORKER_NODE_NOW);
  if (since >= 0) {
    store<f64>(worker, load<f64>(worker, WORKER_BUSY_MS) + (now - since), WORKER_BUSY_MS);
  }
  store<f64>(worker, -1, WORKER_NODE_NOW);
  store<f64>(worker, now, WORKER_PARKED_AT);
  const polls = load<f64>(worker, WORKER_POLL_COUNT);
  if (polls == load<f64>(worker, WORKER_POLLS_AT_PARK)) bump(WORKER_NOOP_COUNT, 1);
  store<f64>(worker, polls, WORKER_POLLS_AT_PARK);
  bump(WORKER_PARK_COUNT, 1);
  bump(WORKER_PARK_UNPARK_COUNT, 1);
}
