/**
 * What tokiwa needs of the place it runs in. Nothing else in `src/` knows where that is.
 *
 * @module
 */

import type { ContextStore } from "../core/context.ts";
import type { CoreModule } from "../core/load.ts";

/** What a runtime uses of a web worker that the program has started for it. */
export interface WebWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  // biome-ignore lint/suspicious/noExplicitAny: each place types the events in a way of its own
  addEventListener(type: "message" | "error", body: (event: any) => void): void;
}

/** A thread that this one started. */
export interface ThreadHandle {
  /** The operating system's, or the platform's, number for it. */
  readonly id: number;
  /**
   * Hears now what the thread has said, or that it has ended, which is otherwise heard of in the
   * event loop. For a thread that does not go back there.
   */
  listen(): void;
  /** Ends the thread at once. */
  terminate(): Promise<void>;
}

/** What happens to a thread that this one started. */
export interface ThreadEvents {
  onMessage(message: unknown): void;
  /**
   * The thread is gone, for whatever reason; `error` tells it, where that is known. Called once,
   * behind the last message.
   */
  onExit(error: unknown): void;
}

/** What a thread sees of the one that started it. */
export interface ParentPort {
  /** Calls `body` once with what `spawnThread` was given. */
  onBirth(body: (data: unknown) => void): void;
  post(message: unknown): void;
  /** Calls `body` with what is about to end this thread: what was thrown and not caught. */
  onDeath(body: (error: unknown) => void): void;
  /**
   * Calls `body` for rejections that nobody handles, which then do not end the thread. If other
   * code listens for them as well, they are its own.
   */
  onUnhandledRejection(body: (reason: unknown, promise: Promise<unknown>) => void): void;
  /** Ends this thread, whatever its event loop still has to do. The calling code may go on. */
  exit(): void;
}

/** The event loop around the scheduler. */
export interface EventLoop {
  /**
   * Do timers, and what was deferred, end with the request that they were set in? Then one is set
   * after every turn, for the request that it was made in; and `remind` is called by whoever finds
   * a turn deferred already, so that it can be deferred once more.
   */
  readonly losesTimers?: boolean;
  remind?(): void;
  /** Calls `body` after the event loop has served its sources once. */
  defer(body: () => void): void;
  /** Runs all microtasks now. Undefined where the platform has no way: defer instead. */
  readonly drainMicrotasks: (() => void) | undefined;
  /** Does anything that is not ours keep this event loop alive? */
  hasForeignWork(): boolean;
  /** Keeps the process (or the thread) alive while true. */
  keepAlive(on: boolean): void;
  /** One timer: replaces the one set before. */
  setTimer(ms: number, body: () => void): void;
  clearTimer(): void;
  /** Calls `body` when the process is about to end, however it ends. */
  onExit(body: () => void): void;
}

/** THE interface of a platform. */
export interface Platform {
  readonly name: "node" | "deno" | "bun" | "browser" | "edge";
  /** May memory be handed to other threads? */
  readonly sharesMemory: boolean;
  /** May this thread sleep in `Atomics.wait`? */
  readonly mayBlock: boolean;
  /** Cores to use. */
  readonly parallelism: number;
  /** How to come to share memory, where that is up to the program. */
  readonly sharingNeeds?: string | undefined;
  /** The core, for memory that is shared or not, as {@linkcode Platform.sharesMemory} says. */
  loadCore(): CoreModule;
  /** Reads a file. Undefined where there are none. */
  readonly readFile: ((file: URL) => Promise<Uint8Array>) | undefined;
  /**
   * Starts a thread of ours: `data` is handed over as `postMessage` does. Where threads are web
   * workers, `start` makes one, if there is such a function.
   */
  spawnThread(
    name: string,
    data: unknown,
    events: ThreadEvents,
    start?: (() => WebWorker) | undefined,
  ): ThreadHandle;
  /**
   * Takes this thread for one of ours that the program has started. Undefined where all of ours are
   * known from their beginning.
   *
   * @returns Undefined if no other thread has started this one.
   */
  readonly adopt?: () => ParentPort | undefined;
  /** Milliseconds on a clock that never goes back and that all threads share. */
  now(): number;
  /**
   * Tells the user of a failure that no code of theirs was there to receive, with the stack of what
   * caused it.
   */
  warn(problem: string | Error): void;
  /** This thread's event loop, for one driver: each has its own timer and anchor. */
  openLoop(): EventLoop;
  /** How contexts travel through promises, if they do. */
  readonly contextStore: ContextStore | undefined;
}
