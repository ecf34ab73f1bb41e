/**
 * The sockets of the platform, and which of its reactors watches them: libc's epoll, or its own.
 *
 * @module
 */

import { platform } from "#platform";
import { sockets } from "#sockets";
import {
  RUNTIME_FIRST_WORKER,
  RUNTIME_THREADS,
  WORKER_EVENT_FD,
  WORKER_SIZE,
} from "../../assembly/shared/layout.ts";
import type { CoreMemory } from "../core/load.ts";
import type { Futex, Reactor, Thread } from "../core/thread.ts";
import { ClosedError } from "../error/closed.ts";
import { UnsupportedError } from "../error/unsupported.ts";
import type { NetBackend, Sockets } from "./backend.ts";

/**
 * Which reactor this process uses: `linux` where libc can be called and memory can be shared, else
 * `std`. It takes Linux, and on Node the optional package koffi, on Deno the permission
 * `--allow-ffi`. The environment variable TOKIWA_REACTOR forces one.
 *
 * @throws {RangeError} If TOKIWA_REACTOR names no reactor.
 * @throws {UnsupportedError} If it asks for `linux` where that cannot be had; `cause` tells why.
 * @throws {UnsupportedError} Where there are no sockets.
 */
export function reactorName(): Reactor["name"] {
  return socketsFor("reactorName").reactorName();
}

/** Is it the reactor whose sockets are descriptors, which every thread of the process may use? */
export function hasDescriptors(): boolean {
  return sockets?.reactorName() === "linux";
}

/**
 * The sockets of this platform.
 *
 * @throws {UnsupportedError} If it has none; the error names `feature`, which needs them.
 */
export function socketsFor(feature: string): Sockets {
  if (sockets !== undefined) return sockets;
  throw new UnsupportedError(feature, platform.name, "fetch or a WebSocket");
}

/**
 * The reactor of `thread`, opened when it is first asked for.
 *
 * @throws {UnsupportedError} Where there are no sockets.
 * @throws {Error} If the runtime was built without io.
 * @throws {ClosedError} If the runtime has shut down, at the latest when a socket is opened.
 */
export function reactorOf(thread: Thread): NetBackend {
  // Nobody else opens one, so what stands there is one of ours.
  const open = thread.reactor as NetBackend | undefined;
  return open ?? openReactor(thread);
}

function openReactor(thread: Thread): NetBackend {
  if (!thread.identity.ioEnabled) {
    throw new Error("Cannot use sockets: io is disabled on this runtime");
  }
  // Nobody would close it any more.
  if (thread.isClosed) throw new ClosedError("Cannot open socket: the runtime is shut down");
  const reactor = socketsFor("sockets").open(thread);
  thread.reactor = reactor;
  return reactor;
}

/** Wakes the thread that sleeps in the reactor with this event descriptor. Any thread. */
export function wakeReactor(eventFd: number): void {
  sockets?.wake(eventFd);
}

/**
 * The system's futex, for a thread that sleeps and is woken where libc can be called.
 *
 * @throws As {@linkcode reactorName} does.
 */
export function openFutex(memory: CoreMemory): Futex | undefined {
  return sockets?.openFutex(memory);
}

/** What the home thread does for the reactors of the others, after each of its turns. */
export function serveReactors(home: Thread): void {
  sockets?.serve(home);
}

/** The last that a runtime does for its reactors. The other threads have ended. */
export function closeReactors(home: Thread): void {
  home.reactor?.close();
  closeWakeHandles(home);
  sockets?.close(home);
}

/** Closes the event descriptors, which every thread leaves open, for others to wake it. */
function closeWakeHandles({ u32, i32, runtime }: Thread): void {
  const first = u32[(runtime + RUNTIME_FIRST_WORKER) >> 2] as number;
  const threads = u32[(runtime + RUNTIME_THREADS) >> 2] as number;
  for (let index = 0; index < threads; index++) {
    const place = (first + index * WORKER_SIZE + WORKER_EVENT_FD) >> 2;
    const fd = i32[place] as number;
    if (fd >= 0) sockets?.closeDescriptor(fd);
    i32[place] = -1;
  }
}

/** Closes a descriptor whose thread is gone. */
export function closeDescriptor(fd: number): void {
  sockets?.closeDescriptor(fd);
}

/** Tells the core once more what a dead worker had been told. After its burial. */
export function replayEvents(home: Thread, index: number): void {
  sockets?.replayEvents(home, index);
}
