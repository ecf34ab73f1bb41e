/**
 * Makes the shared memory and this thread's instance of the core.
 *
 * @module
 */

import { MEMORY_PAGES_MAX } from "../../assembly/shared/limits.ts";
import { CoreFault } from "../error/core-fault.ts";
import type { CoreExports } from "./exports.ts";

const PAGE_BYTES = 65536;
/** A memory below this has no room for its workers. */
const MIN_PAGES = 64;

/** The core's code, compiled; and the memory that it works on. Both can be sent to a thread. */
export type CoreModule = WebAssembly.Module;
export type CoreMemory = WebAssembly.Memory;

/** Compiles the core: once for all threads of a process. */
export function compileCore(code: Uint8Array<ArrayBuffer>): CoreModule {
  return new WebAssembly.Module(code);
}

/**
 * What the core asks of this thread's host for the sockets of guests. Each is described in
 * `assembly/sys/host.ts`; results below 0 are errors.
 */
export interface SocketImports {
  openSocket(address: number, units: number): number;
  listenSocket(fd: number, address: number, units: number): number;
  connectSocket(fd: number, address: number, units: number): number;
  watchSocket(fd: number, address: number, generation: number): number;
  acceptSocket(fd: number): number;
  receiveSocket(fd: number, at: number, bytes: number, peeks: number): number;
  sendSocket(fd: number, at: number, bytes: number): number;
  shutdownSocket(fd: number): number;
  takeSocketError(fd: number): number;
  socketNodelay(fd: number, value: number): number;
  socketAddress(fd: number, ofPeer: number, at: number): number;
  socketErrorName(error: number, at: number): number;
  closeSocket(fd: number): void;
}

/** What the core asks of this thread's host on behalf of guests. */
export interface GuestCalls extends SocketImports {
  /** Reports a failed task of a guest that nobody joins. */
  reportFailure(task: number): void;
  /** Throws the failure of a task into the guest's task that joins it. */
  throwFailure(task: number): void;
}

/** What the core asks of this thread's host. */
export interface CoreImports extends GuestCalls {
  /** Wakes a thread out of the reactor that owns the event descriptor. */
  wakeReactor(eventFd: number): void;
  /** Wakes a thread out of the system's futex on the word at `address`. */
  wakeFutex(address: number): void;
  /** Sleeps there while the word holds `expected`, for `timeoutMs` at most. */
  waitFutex(address: number, expected: number, timeoutMs: number): void;
  /** Milliseconds on the clock that all threads share. */
  now(): number;
}

/**
 * Reserves a memory of `bytes`, or of the most that the engine will give.
 *
 * It has its full size at once: pages that nobody touches cost nothing, and no view ever becomes
 * too short. Address space may be limited, though, so a refusal is answered with a quarter.
 *
 * @throws {RangeError} If the engine has no room even for a small one.
 */
export function reserveMemory(shared: boolean, bytes: number): CoreMemory {
  let pages = Math.min(MEMORY_PAGES_MAX, Math.max(MIN_PAGES, Math.ceil(bytes / PAGE_BYTES)));
  for (;;) {
    try {
      return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
    } catch (reason) {
      if (pages === MIN_PAGES) throw reason;
      pages = Math.max(MIN_PAGES, pages >> 2);
    }
  }
}

/** Instantiates the core over `memory` for the calling thread. */
export function instantiateCore(
  module: CoreModule,
  memory: CoreMemory,
  imports: CoreImports,
): CoreExports {
  const abort = (message: number, file: number, line: number, column: number): never => {
    throw new CoreFault(textAt(memory, message), textAt(memory, file), line, column);
  };
  const { exports } = new WebAssembly.Instance(module, {
    env: { memory, abort },
    host: { ...imports, outgrow, refuseHandle, refuseMessage },
  });
  // As they are: what guests import must be the core's own functions, or JavaScript stands between.
  return exports as unknown as CoreExports;
}

/** Ends the running task, and says why. */
function outgrow(limit: number): never {
  throw new RangeError(
    `Cannot allocate: the task's arena has its limit of ${limit} bytes; raise maxTaskArena`,
  );
}

/** Ends the running task, and says why. */
function refuseHandle(): never {
  throw new TypeError(
    "Cannot use handle: it was dropped, has gone to another task, or is of another kind",
  );
}

/** Ends the running task, and says why. */
function refuseMessage(): never {
  throw new Error("Cannot receive message: the sender has gone without one, or the memory is full");
}

/** A text constant of AssemblyScript's: UTF-16 with its length in bytes before it. */
export function textAt(memory: CoreMemory, address: number): string {
  if (address === 0) return "";
  const bytes = new Uint32Array(memory.buffer, address - 4, 1)[0] as number;
  const copy = new Uint8Array(bytes); // Decoders refuse shared memory.
  copy.set(new Uint8Array(memory.buffer, address, bytes));
  return new TextDecoder("utf-16le").decode(copy);
}
