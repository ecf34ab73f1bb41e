/**
 * The park word: how a worker sleeps, and what wakes it.
 *
 *   RUNNING   awake, nobody has called since it last looked
 *   WAIT      asleep in `memory.atomic.wait32` on this very word
 *   FUTEX     asleep in the system's futex on this very word, which wakes in half the time
 *   REACTOR   asleep in the reactor; its event descriptor wakes it
 *   LOOP      in the event loop, with an `Atomics.waitAsync` on this very word
 *   NOTIFIED  somebody called
 *
 * Invariants
 *   P1  Only the owner leaves RUNNING for a sleeping state, and only after it published there it
 *       looks at its queues once more. So either it sees the work, or the sender sees it asleep.
 *   P2  NOTIFIED is cleared by the owner alone, before it looks at its queues.
 */
import { WORKER_EVENT_FD, WORKER_PARK } from "../shared/layout";
import {
  PARK_FUTEX,
  PARK_LOOP,
  PARK_NOTIFIED,
  PARK_REACTOR,
  PARK_RUNNING,
  PARK_WAIT,
} from "../shared/verdicts";
import * as word from "../sys/atomic";
import { waitFutex, wakeFutex, wakeReactor } from "../sys/host";
import * as sleep from "../sys/park";

/**
 * Wakes a worker, from any thread. A worker that is awake will look once more before it sleeps.
 *
 * Needs: release, paired with the acquire of `publish` or `clear`.
 */
export function unpark(worker: usize): void {
  const address = worker + WORKER_PARK;
  if (word.load(address) == PARK_NOTIFIED) return;
  const found = word.exchange(address, PARK_NOTIFIED);
  if (found == PARK_WAIT || found == PARK_LOOP) sleep.notify(address);
  else if (found == PARK_FUTEX) wakeFutex(address);
  else if (found == PARK_REACTOR) wakeReactor(load<i32>(worker, WORKER_EVENT_FD));
}

/** Does this worker sleep in its event loop? It may be in a callback there, however long. */
export function isInLoop(worker: usize): bool {
  return word.load(worker + WORKER_PARK) == PARK_LOOP;
}

/** Says how this worker is going to sleep. False if somebody called meanwhile. (P1) */
export function publish(worker: usize, mode: u32): bool {
  assert(mode != PARK_RUNNING && mode != PARK_NOTIFIED);
  const address = worker + WORKER_PARK;
  const found = word.compareExchange(address, PARK_RUNNING, mode);
  if (found == PARK_RUNNING) return true;
  word.store(address, PARK_RUNNING); // P2
  return false;
}

/** Says that this worker is awake again. (P2) */
export function clear(worker: usize): void {
  word.exchange(worker + WORKER_PARK, PARK_RUNNING);
}

/** Sleeps on the word as `mode` says until woken, for `timeoutMs` at most. */
export function wait(worker: usize, mode: u32, timeoutMs: f64): void {
  const address = worker + WORKER_PARK;
  if (mode == PARK_FUTEX) waitFutex(address, mode, timeoutMs);
  else sleep.wait(address, mode, timeoutMs);
}
