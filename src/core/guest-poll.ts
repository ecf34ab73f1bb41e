/**
 * Words through which the threads of a runtime share the sockets of guests.
 *
 * @module
 */

import {
  RUNTIME_POLL_FD,
  RUNTIME_POLLER,
  RUNTIME_WORKERS,
  WORKER_KIND,
} from "../../assembly/shared/layout.ts";
import { THREAD_HOME, THREAD_WORKER } from "../../assembly/shared/verdicts.ts";
import type { Thread } from "./thread.ts";

/** Does this thread run tasks of guests? */
export function runsGuests({ u32, worker, runtime }: Thread): boolean {
  const kind = u32[(worker + WORKER_KIND) >> 2];
  const hasWorkers = u32[(runtime + RUNTIME_WORKERS) >> 2] !== 0;
  return kind === THREAD_WORKER || (kind === THREAD_HOME && !hasWorkers);
}

/** The epoll instance of guests' sockets, or -1 while no guest has had any. */
export function guestPollFd(thread: Thread): number {
  return (thread.u32[(thread.runtime + RUNTIME_POLL_FD) >> 2] as number) - 1;
}

/** Makes an epoll instance that of guests' sockets. False if there is one already. */
export function announceGuestPoll({ u32, runtime }: Thread, pollFd: number): boolean {
  return Atomics.compareExchange(u32, (runtime + RUNTIME_POLL_FD) >> 2, 0, pollFd + 1) === 0;
}

/** There are no sockets of guests any more. */
export function revokeGuestPoll({ u32, runtime }: Thread): void {
  Atomics.store(u32, (runtime + RUNTIME_POLL_FD) >> 2, 0);
}

/** Makes this thread the only one that hears of guests' sockets. False if there is another. */
export function tryTakePoller({ u32, runtime, index }: Thread): boolean {
  return Atomics.compareExchange(u32, (runtime + RUNTIME_POLLER) >> 2, 0, index + 1) === 0;
}

/** Lets others hear of them. */
export function leavePoller({ u32, runtime }: Thread): void {
  Atomics.store(u32, (runtime + RUNTIME_POLLER) >> 2, 0);
}
