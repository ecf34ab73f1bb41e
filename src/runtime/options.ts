/**
 * What a runtime can be told when it is built.
 *
 * @module
 */

import type { JoinError } from "../error/join-error.ts";
import type { WebWorker } from "../platform/platform.ts";
import type { HistogramConfig } from "../worker/histogram.ts";
import type { makeObserver } from "../worker/observer.ts";

/** Whether portable tasks run on worker threads, or where the runtime was made. */
export type RuntimeFlavor = "currentThread" | "multiThread";

/** What to do when a task throws and nobody joins it. */
export type UnhandledPanic = "ignore" | "shutdownRuntime";

/** The parts of a runtime that watch the world outside. */
export interface DriverChoice {
  /** Sockets. Off if left out. */
  readonly io?: boolean;
  /** Timers. Off if left out. */
  readonly time?: boolean;
}

/** What a hook learns about a thread. */
export interface ThreadMeta {
  /** Workers are numbered from 0; the thread that made the runtime comes after the last. */
  readonly index: number;
  readonly name: string;
}

/** What a hook learns about a task. */
export interface TaskMeta {
  readonly id: number;
  readonly name: string | undefined;
}

/**
 * Functions called as the runtime goes about its work.
 *
 * A function cannot be sent to another thread: hooks see the tasks of the thread that makes the
 * runtime, and the coming and going of the others. They must not throw.
 */
export interface RuntimeHooks {
  /** A thread that the runtime started takes tasks. */
  readonly onThreadStart?: (thread: ThreadMeta) => void;
  /** A thread that the runtime started has ended. */
  readonly onThreadStop?: (thread: ThreadMeta) => void;
  /** The thread that made the runtime has nothing to do and goes to sleep. */
  readonly onThreadPark?: (thread: ThreadMeta) => void;
  /** The thread that made the runtime is awake again. */
  readonly onThreadUnpark?: (thread: ThreadMeta) => void;
  readonly onTaskSpawn?: (task: TaskMeta) => void;
  /**
   * A task goes on: it starts, or a timer, a socket or its turn after a yield wakes it. An async
   * function that waits for a promise or for another task goes on in a microtask of the engine's,
   * unseen; so are polls on the runtime's other threads.
   */
  readonly onBeforeTaskPoll?: (task: TaskMeta) => void;
  /** The task that {@linkcode onBeforeTaskPoll} told of waits again, or has ended. */
  readonly onAfterTaskPoll?: (task: TaskMeta) => void;
  /** A task has ended, however it ended. */
  readonly onTaskTerminate?: (task: TaskMeta) => void;
}

/** What is measured beyond the counters that are always there. Each costs two looks at a clock. */
export interface MetricsOptions {
  /** How long polls take. `true` for ten buckets of 100 µs. */
  readonly pollTime?: boolean | HistogramConfig;
  /** How long a task waits from its wake to its poll. `true` for 119 logarithmic buckets. */
  readonly scheduleLatency?: boolean | HistogramConfig;
}

/** What a worker thread may use before it is taken for broken. Node's own limits. */
export interface ThreadLimits {
  readonly maxOldGenerationSizeMb?: number;
  readonly maxYoungGenerationSizeMb?: number;
  readonly codeRangeSizeMb?: number;
  readonly stackSizeMb?: number;
}

/** What `onWorkerLost` learns. */
export interface LostWorker extends ThreadMeta {
  /** What the thread died of, if that is known. */
  readonly cause: unknown;
}

/** How to build a runtime. Everything may be left out. */
export interface BuilderOptions {
  /** `multiThread` wherever memory can be shared between threads. */
  readonly flavor?: RuntimeFlavor;
  /** 1 to 1024. As many as the machine has cores, or `TOKIWA_WORKER_THREADS` says. */
  readonly workerThreads?: number;
  /** Threads for blocking jobs, 1 to 512, started on demand. 2 for every core, but at least 4. */
  readonly maxBlockingThreads?: number;
  /** Milliseconds after which an idle blocking thread ends. 10,000. */
  readonly blockingKeepAlive?: number;
  /**
   * Starts a web worker whose file calls `serveTasks`. For pages that are bundled: only a bundler
   * knows where its files are. Elsewhere it is not called.
   */
  readonly startWorker?: () => WebWorker;
  /** The name of the runtime's threads, to which a number is added; or a function of it. */
  readonly threadName?: string | ((index: number) => string);
  /** The name of the runtime, for diagnostics. */
  readonly name?: string;
  /** `all`. */
  readonly drivers?: "all" | DriverChoice;
  /** Looks at the shared queue every so many turns, 1 or more. It tunes itself if left out. */
  readonly globalQueueInterval?: number;
  /** Looks at timers and sockets every so many polls while busy, 1 or more. 61. */
  readonly eventInterval?: number;
  /** Takes at most so many events from the sockets at once, 1 to 65,536. 1024. */
  readonly maxIoEventsPerTick?: number;
  /** `ignore`. The other choice needs the `currentThread` flavor. */
  readonly unhandledPanic?: UnhandledPanic;
  /**
   * Told of each task that threw and that nobody joins, and of each rejection on a worker that
   * nobody handles. Prints a warning if left out.
   */
  readonly onUnhandledPanic?: (error: JoinError) => void;
  /** Told of each thread that died and is being replaced. Prints a warning if left out. */
  readonly onWorkerLost?: (worker: LostWorker) => void;
  /** Runs the task that was woken last before those that wait longer. True. */
  readonly lifoSlot?: boolean;
  /** Makes the runtime paused, as `pause` does. Needs the `currentThread` flavor. False. */
  readonly startPaused?: boolean;
  /** Makes the runtime's random choices the same in every run. */
  readonly rngSeed?: number | string | Uint8Array;
  readonly hooks?: RuntimeHooks;
  readonly metrics?: MetricsOptions;
  /** Bytes of memory that all threads share, 4 MiB to 1 GiB. Taken only as it is used. */
  readonly maxMemory?: number;
  /**
   * Bytes of frames that a Wasm task may have while it waits, 256 to 4 MiB. 64 KiB. A task that
   * would have more fails alone. So does one that has not got enough of its thread's stack.
   */
  readonly maxTaskFrames?: number;
  /**
   * Bytes of memory that a Wasm task may take for its objects, 1 KiB to 1 GiB. 64 MiB. It comes out
   * of `maxMemory`. A task that would take more fails alone. Single objects have 64 MiB at most.
   */
  readonly maxTaskArena?: number;
  /**
   * Bytes that a Wasm task must use before its garbage is collected, 1 KiB to 1 GiB; and again once
   * it uses twice what was left. 256 KiB.
   */
  readonly collectTaskAbove?: number;
  /** Bytes of stack for each thread of the runtime. */
  readonly stackSize?: number;
  readonly resourceLimits?: ThreadLimits;
}

/** The functions among the options. They stay on the thread that makes the runtime. */
export interface ResolvedHooks extends RuntimeHooks {
  /** The name of the thread with that number. */
  threadName(index: number): string;
  readonly startWorker: (() => WebWorker) | undefined;
  readonly onUnhandledPanic: ((error: JoinError) => void) | undefined;
  readonly onWorkerLost: ((worker: LostWorker) => void) | undefined;
  /** Makes who sees every poll, if anybody wants to; undefined if nobody can. */
  readonly observe: typeof makeObserver | undefined;
}

/**
 * Every option, checked, and with its default if it was left out. All but `hooks` can be sent to
 * another thread.
 */
export interface ResolvedOptions {
  readonly flavor: RuntimeFlavor;
  /** 0 with the `currentThread` flavor. */
  readonly workerThreads: number;
  readonly maxBlockingThreads: number;
  readonly blockingKeepAlive: number;
  readonly name: string | undefined;
  readonly ioEnabled: boolean;
  readonly timeEnabled: boolean;
  /** 0 if it tunes itself. */
  readonly globalQueueInterval: number;
  readonly eventInterval: number;
  readonly maxIoEventsPerTick: number;
  readonly unhandledPanic: UnhandledPanic;
  readonly lifoSlot: boolean;
  readonly startPaused: boolean;
  /** 32 bits, from which every thread derives its own. */
  readonly rngSeed: number;
  readonly pollTime: HistogramConfig | undefined;
  readonly scheduleLatency: HistogramConfig | undefined;
  readonly maxMemory: number;
  readonly maxTaskFrames: number;
  readonly maxTaskArena: number;
  readonly collectTaskAbove: number;
  readonly pollBuckets: number;
  readonly latencyBuckets: number;
  readonly resourceLimits: ThreadLimits;
  readonly hooks: ResolvedHooks;
}
