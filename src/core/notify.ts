/**
 * Words through which the reactor's watcher and the loops that it wakes find each other.
 *
 * @module
 */

import { RUNTIME_WATCH, RUNTIME_WORKERS, WORKER_PARK } from "../../assembly/shared/layout.ts";
import {
  PARK_LOOP,
  PARK_NOTIFIED,
  WATCH_DESCRIPTOR,
  WATCH_NOBODY,
  WATCH_WANTED,
} from "../../assembly/shared/verdicts.ts";
import type { Thread } from "./thread.ts";

/** Wakes the loop whose park word stands at `address`, if it sleeps. Any thread. */
export function wakeLoop(words: Int32Array, address: number): void {
  const index = address >> 2;
  if (Atomics.compareExchange(words, index, PARK_LOOP, PARK_NOTIFIED) !== PARK_LOOP) return;
  Atomics.notify(words, index, 1);
}

/** The address of a thread's own park word. */
export function parkWordOf(thread: Thread): number {
  return thread.worker + WORKER_PARK;
}

/** The outer epoll instance of the runtime's watcher, or -1 while there is none. */
export function watchDescriptor(thread: Thread): number {
  return Atomics.load(thread.i32, watchIndex(thread)) - WATCH_DESCRIPTOR;
}

/** Asks the home thread for a watcher, unless somebody has. */
export function wantWatch(thread: Thread): void {
  const { u32, runtime, core } = thread;
  const found = Atomics.compareExchange(u32, watchIndex(thread), WATCH_NOBODY, WATCH_WANTED);
  if (found === WATCH_NOBODY) core.unpark(u32[(runtime + RUNTIME_WORKERS) >> 2] as number);
}

/** Has a thread asked for a watcher that is not there yet? Cheap: it is asked after every turn. */
export function isWatchWanted(thread: Thread): boolean {
  return thread.u32[watchIndex(thread)] === WATCH_WANTED;
}

/** Tells every thread of the runtime that there is a watcher; -1 that there is none any more. */
export function announceWatch(thread: Thread, pollFd: number): void {
  const word = pollFd < 0 ? WATCH_NOBODY : pollFd + WATCH_DESCRIPTOR;
  Atomics.store(thread.i32, watchIndex(thread), word);
}

function watchIndex(thread: Thread): number {
  return (thread.runtime + RUNTIME_WATCH) >> 2;
}
