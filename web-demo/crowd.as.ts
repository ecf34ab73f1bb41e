// The crowd: tasks that work for a moment, sleep, work again and end, while sources spawn new ones.

import { arena, Semaphore, SemaphorePermit, sleep, spawn, watch } from "tokiwa/assembly";

/** How often a source spawns. */
const TICK_MS: f64 = 50;
/** How long a task sleeps, at least and at most. */
const SLEEP_MIN_MS: f64 = 150;
const SLEEP_MAX_MS: f64 = 1850;
/** About 10 µs of work, at each of a task's two polls. */
const STEPS = 7000;

/** What the page wishes; it may change at any time. */
class Wishes {
  /** So many tasks alive. */
  tasks: f64;
  /** From 0, where every source spawns as much, to 1, where the first spawns all. */
  imbalance: f64;
}

/**
 * One of several sources that keep as many tasks alive as is wished. A task starts on the worker of
 * its source, unless another worker steals it.
 */
export function keep(
  wishes: watch.Receiver<Wishes>,
  places: Semaphore,
  index: i32,
  sources: i32,
): void {
  const all = places.availablePermits;
  sleep((TICK_MS * index) / sources);
  while (!places.isClosed) {
    const mark = arena.mark();
    const wish = wishes.borrow();
    const tasks = wish.tasks;
    const imbalance = wish.imbalance;
    arena.reset(mark);
    const alive = <f64>all - <f64>places.availablePermits;
    const even = (1 - imbalance) / sources;
    const share = index == 0 ? even + imbalance : even;
    admit(places, <i32>Math.ceil((tasks - alive) * share));
    sleep(TICK_MS);
  }
}

/** Spawns so many tasks, as far as there are places. */
function admit(places: Semaphore, count: i32): void {
  for (let task = 0; task < count; task++) {
    const place = places.tryAcquire();
    if (place === null) return;
    spawn(live, place).detach();
  }
}

/** The life of a task. Its place is given back as it ends, however it ends. */
function live(place: SemaphorePermit): void {
  work();
  sleep(SLEEP_MIN_MS + Math.random() * (SLEEP_MAX_MS - SLEEP_MIN_MS));
  work();
  place.drop();
}

/** Work whose steps depend on each other. */
function work(): void {
  let x: u64 = 88172645463325252;
  for (let step = 0; step < STEPS; step++) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
  }
  assert(x != 0);
}
