/**
 * Node's sockets: libc's epoll where it can be called, else those of `node:net`.
 *
 * @module
 */

import { ffi } from "#ffi";
import type { CoreMemory } from "../../core/load.ts";
import type { Futex, Reactor } from "../../core/thread.ts";
import { UnsupportedError } from "../../error/unsupported.ts";
import type { Sockets } from "../../net/backend.ts";
import { LinuxFutex } from "../linux/futex.ts";
import { closeGuestPoll, GuestReactor, replayEvents } from "../linux/guest-reactor.ts";
import { errorNameOf, GuestSockets } from "../linux/guest-sockets.ts";
import { libc } from "../linux/libc.ts";
import { closeFd, LinuxReactor, wakeEventFd } from "../linux/reactor.ts";
import { closeWatch, serveWatch } from "../linux/watch.ts";
import { resolve } from "./dns.ts";
import { host } from "./host.ts";
import { StdReactor } from "./net.ts";

/** Forces one of the reactors. */
const VARIABLE = "TOKIWA_REACTOR";

let chosen: Reactor["name"] | undefined;

export const sockets: Sockets | undefined = {
  reactorName,
  reactorReason,
  open: (thread) => (reactorName() === "linux" ? new LinuxReactor(thread) : new StdReactor(thread)),
  wake: wakeEventFd,
  openFutex,
  serve: serveWatch,
  replayEvents,
  close(home) {
    closeGuestPoll(home);
    closeWatch(home);
  },
  closeDescriptor: closeFd,
  openGuestReactor: (thread) => new GuestReactor(thread),
  openGuestSockets: (thread) => new GuestSockets(thread),
  errorNameOf,
  resolve,
};

function reactorName(): Reactor["name"] {
  chosen ??= choose(process.env[VARIABLE]);
  return chosen;
}

function reactorReason(): string {
  const forced = process.env[VARIABLE];
  if (forced !== undefined && forced !== "") return `${VARIABLE} asks for it`;
  const missing = whatIsMissing();
  if (missing === undefined) return "libc can be called";
  const { part, cause } = missing;
  const why = cause instanceof Error ? `: ${cause.message.split("\n")[0]}` : "";
  return `libc is called only with ${part}${why}`;
}

function openFutex(memory: CoreMemory): Futex | undefined {
  const isThere = reactorName() === "linux" && LinuxFutex.isKnownHere;
  return isThere ? new LinuxFutex(memory) : undefined;
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
  if (!host.sharesMemory) return { part: "shared memory" };
  try {
    libc();
    return undefined;
  } catch (cause) {
    return { part: ffi.needs, cause };
  }
}
