/**
 * Which reactor watches a thread's sockets: libc's epoll, or what the platform has.
 *
 * @module
 */

import { platform } from "#platform";
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
import { LinuxFutex } from "../platform/linux/futex.ts";
import { closeGuestPoll } from "../platform/linux/guest-reactor.ts";
import { libc } from "../platform/linux/libc.ts";
import { closeFd, LinuxReactor, wakeEventFd } from "../platform/linux/reactor.ts";
import { closeWatch, serveWatch } from "../platform/linux/watch.ts";
import { StdReactor } from "../platform/node/net.ts";
import type { NetBackend } from "./backend.ts";

/** Forces one of the reactors. */
const VARIABLE = "TOKIWA_REACTOR";

let chosen: Reactor["name"] | undefined;

/**
 * Which reactor this process uses: `linux` where libc can be called, which takes Linux and the
 * optional package koffi, and memory can be shared; else `std`. The environment variable
 * TOKIWA_REACTOR forces one.
 *
 * @throws {RangeError} If TOKIWA_REACTOR names no reactor.
 * @throws {UnsupportedError} If it asks for `linux` where that cannot be had; `cause` tells why.
 */
export function reactorName(): Reactor["name"] {
  chosen ??= choose(process.env[VARIABLE]);
  return chosen;
}

function choose(forced: string | undefined): Reactor["name"] {
  if (forced === "std") return "std";
  if (forced !== undefined && forced !== "" && forced !== "linux") {
    throw new RangeError(
      `Cannot choose reactor: ${VARIABLE} must be "linux" or "std", got "${forced}"`,
    );
  }
  const missing = whatIsMissing();
  if (missing === undefined) return "linux";
  if (forced !== "linux") return "std";
  const where = `${process.platform} without ${missing.part}`;
  const error = new UnsupportedError("the linux reactor", where, `${VARIABLE}=std`);
  error.cause = missing.cause;
  throw error;
}

/** What this process lacks for the linux reactor, and how that is known. */
function whatIsMissing(): { part: string; cause?: unknown } | undefined {
  // The thread that watches in place of a sleeping loop wakes it through a word of the memory.
  if (!platform.sharesMemory) return { part: "shared memory" };
  try {
    libc();
    return undefined;
  } catch (cause) {
    return { part: "koffi", cause };
  }
}

/**
 * The reactor of `thread`, opened when it is first asked for.
 *
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
  const reactor = reactorName() === "linux" ? new LinuxReactor(thread) : new StdReactor(thread);
  thread.reactor = reactor;
  return reactor;
}

/** Wakes the thread that sleeps in the reactor with this event descriptor. Any thread. */
export function wakeReactor(eventFd: number): void {
  wakeEventFd(eventFd);
}

/**
 * The system's futex, for a thread that sleeps and is woken where libc can be called.
 *
 * @throws As {@linkcode reactorName} does.
 */
export function openFutex(memory: CoreMemory): Futex | undefined {
  const isThere = reactorName() === "linux" && LinuxFutex.isKnownHere;
  return isThere ? new LinuxFutex(memory) : undefined;
}

/** What the home thread does for the reactors of the others, after each of its turns. */
export function serveReactors(home: Thread): void {
  serveWatch(home);
}

/** The last that a runtime does for its reactors. The other threads have ended. */
export function closeReactors(home: Thread): void {
  home.reactor?.close();
  closeGuestPoll(home);
  closeWakeHandles(home);
  closeWatch(home);
}

/** Closes the event descriptors, which every thread leaves open, for others to wake it. */
function closeWakeHandles({ u32, i32, runtime }: Thread): void {
  const first = u32[(runtime + RUNTIME_FIRST_WORKER) >> 2] as number;
  const threads = u32[(runtime + RUNTIME_THREADS) >> 2] as number;
  for (let index = 0; index < threads; index++) {
    const place = (first + index * WORKER_SIZE + WORKER_EVENT_FD) >> 2;
    const fd = i32[place] as number;
    if (fd >= 0) closeFd(fd);
    i32[place] = -1;
  }
}

/** Closes a descriptor whose thread is gone. */
export function closeDescriptor(fd: number): void {
  closeFd(fd);
}
