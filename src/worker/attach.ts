/**
 * Joins the calling thread to a runtime.
 *
 * @module
 */

import { Clock } from "../core/clock.ts";
import {
  type CoreMemory,
  type CoreModule,
  type GuestCalls,
  instantiateCore,
} from "../core/load.ts";
import { type RuntimeIdentity, Thread } from "../core/thread.ts";
import { wakeReactor } from "../net/reactor.ts";
import type { Platform } from "../platform/platform.ts";

/** What a thread has to know of its runtime before it can join. */
export interface Attachment {
  readonly module: CoreModule;
  readonly memory: CoreMemory;
  readonly index: number;
  readonly kind: number;
  /** When the runtime was made, on the platform's clock. */
  readonly origin: number;
  readonly identity: RuntimeIdentity;
  readonly seed: number;
}

/**
 * Makes the calling thread the worker of the given index.
 *
 * @param boot Called first with the thread's core, on the thread that makes the runtime.
 */
export function attachThread(
  platform: Platform,
  parts: Attachment,
  boot?: (core: Thread["core"]) => void,
): Thread {
  const clock = new Clock(() => platform.now() - parts.origin);
  const imports = {
    ...{ wakeReactor, now: clock.now, ...callsOf(() => thread) },
    wakeFutex: (address: number) => thread.futex?.wake(address),
    waitFutex: (address: number, expected: number, timeoutMs: number) =>
      thread.futex?.wait(address, expected, timeoutMs),
  };
  const core = instantiateCore(parts.module, parts.memory, imports);
  boot?.(core);
  const worker = core.attach(parts.index, parts.kind, parts.seed + parts.index * 0x9e3779b1);
  const { memory, index, identity, origin } = parts;
  const thread: Thread = new Thread({ core, memory, worker, index, identity, clock, origin });
  return thread;
}

const GUEST_CALLS: readonly (keyof GuestCalls)[] = [
  "openSocket",
  "listenSocket",
  "connectSocket",
  "watchSocket",
  "acceptSocket",
  "receiveSocket",
  "sendSocket",
  "shutdownSocket",
  "takeSocketError",
  "socketNodelay",
  "socketAddress",
  "socketErrorName",
  "closeSocket",
  "reportFailure",
  "throwFailure",
];

/** What answers the core for guests: the core is there before them, and before the thread. */
function callsOf(thread: () => Thread): GuestCalls {
  const entries = GUEST_CALLS.map((name) => {
    let body: ((...numbers: number[]) => number) | undefined;
    const call = (first: number, second: number, third: number, fourth: number) => {
      body ??= thread().guests?.calls[name] as typeof body;
      return body?.(first, second, third, fourth);
    };
    return [name, call];
  });
  return Object.fromEntries(entries) as GuestCalls;
}
