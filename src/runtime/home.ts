/**
 * The thread that makes a runtime: it owns the memory, the other threads, and the end of it all.
 *
 * @module
 */

import { platform } from "#platform";
import {
  RUNTIME_ARENA_MAX,
  RUNTIME_COLLECT_ABOVE,
  RUNTIME_FLAG_NO_LIFO,
  RUNTIME_FRAMES_MAX,
  RUNTIME_SPINNERS_MAX,
} from "../../assembly/shared/layout.ts";
import { SHUTDOWN_BEGUN, SHUTDOWN_FORCED, THREAD_HOME } from "../../assembly/shared/verdicts.ts";
import { type Context, setContextStore } from "../core/context.ts";
import { type CoreModule, reserveMemory } from "../core/load.ts";
import { programArguments } from "../core/program.ts";
import type { RuntimeIdentity, Thread } from "../core/thread.ts";
import type { JoinError } from "../error/join-error.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";
import { closeReactors, serveReactors } from "../net/reactor.ts";
import { type Attachment, attachThread } from "../worker/attach.ts";
import { ThreadDriver } from "../worker/driver.ts";
import { isBlockingBusy } from "./blocking-pool.ts";
import type { ResolvedOptions } from "./options.ts";
import { Threads } from "./threads.ts";

setContextStore(platform.contextStore);

/** Runtimes that have not shut down: a process that ends has to wake their threads. */
const living = new Set<Home>();
platform.openLoop().onExit(() => {
  for (const home of living) home.thread.core.shutdown(SHUTDOWN_BEGUN);
});

/**
 * How long cancelled tasks may wait in their `finally` blocks, in milliseconds, if nobody said. A
 * task that takes its end for a failure to be tried again would hold the program for ever.
 */
const CLEAN_UP_MS = 5000;
/** The interval at which tasks that clean up are looked after. */
const CLEAN_UP_LOOK_MS = 2;

let runtimesMade = 0;
let compiled: CoreModule | undefined;

/** How to shut down. */
export interface ShutdownOptions {
  /**
   * How long to wait, in milliseconds; what is left then is ended by force. Without it, what
   * computes is waited for as long as it takes: blocking jobs that have begun, and tasks that do
   * not wait. Tasks that wait while they clean up have five seconds.
   */
  readonly timeout?: number;
  /** Does not wait at all. */
  readonly background?: boolean;
}

export class Home implements Context {
  readonly thread: Thread;
  readonly task: undefined;
  readonly options: ResolvedOptions;
  readonly threads: Threads;
  readonly #driver: ThreadDriver;
  /** Keeps the process alive while the runtime is being built or shut down. */
  readonly #loop = platform.openLoop();
  #shutdown: Promise<void> | undefined;

  constructor(options: ResolvedOptions) {
    this.options = options;
    const parts = attachment(options);
    this.thread = attachThread(platform, parts, (core) => boot(core, options));
    this.#setUp();
    this.threads = this.#makeThreads(parts);
    this.#driver = this.#makeDriver();
    living.add(this);
    this.thread.driver.kick();
  }

  /** The newest runtime that has not shut down. */
  static newest(): Home | undefined {
    return [...living].at(-1);
  }

  /** Resolves once the workers have started. */
  async ready(): Promise<void> {
    this.threads.startWorkers();
    this.#loop.keepAlive(true);
    try {
      await this.threads.ready();
    } finally {
      this.#loop.keepAlive(false);
    }
  }

  /** Ends the runtime: cancels its tasks, waits for what cannot be cancelled, ends its threads. */
  shutdown(options: ShutdownOptions = {}): Promise<void> {
    this.#shutdown ??= this.#shutDown(options.background ? 0 : options.timeout);
    return this.#shutdown;
  }

  #setUp(): void {
    const { thread, options } = this;
    thread.u32[(thread.runtime + RUNTIME_SPINNERS_MAX) >> 2] = platform.parallelism - 1;
    thread.u32[(thread.runtime + RUNTIME_FRAMES_MAX) >> 2] = options.maxTaskFrames;
    thread.u32[(thread.runtime + RUNTIME_ARENA_MAX) >> 2] = options.maxTaskArena;
    thread.u32[(thread.runtime + RUNTIME_COLLECT_ABOVE) >> 2] = options.collectTaskAbove;
    if (!thread.core.enableHistograms(options.pollBuckets, options.latencyBuckets)) {
      throw new OutOfMemoryError("build runtime");
    }
    thread.wantThreads = () => this.threads.startWorkers();
    thread.report = (error) => this.#report(error);
    thread.taskHooks = options.hooks;
    if (options.startPaused) thread.clock.pause(true);
  }

  #makeThreads(parts: Attachment): Threads {
    const { options } = this;
    const { hooks } = options;
    const meta = (index: number) => ({ index, name: hooks.threadName(index) });
    return new Threads(platform, this.thread, {
      workers: options.workerThreads,
      maxBlocking: options.maxBlockingThreads,
      name: hooks.threadName,
      startWorker: hooks.startWorker,
      birth: {
        ...parts,
        tokiwa: "thread",
        eventInterval: options.eventInterval,
        idleTimeout: options.blockingKeepAlive,
        resourceLimits: options.resourceLimits,
      },
      onStart: (index) => hooks.onThreadStart?.(meta(index)),
      onStop: (index) => hooks.onThreadStop?.(meta(index)),
      onLost: (index, cause) => this.#onLost(index, cause),
      onUnhandled: (error) => this.#report(error),
      onHopeless: (error) => {
        platform.warn(error);
        void this.shutdown({ background: true });
      },
    });
  }

  #makeDriver(): ThreadDriver {
    const { hooks, eventInterval } = this.options;
    const { onThreadPark, onThreadUnpark } = hooks;
    const { index } = this.thread;
    const self = { index, name: hooks.threadName(index) };
    return new ThreadDriver(this.thread, platform, {
      kind: THREAD_HOME,
      eventInterval,
      observer: hooks.observe?.(this.thread, hooks),
      onPark: onThreadPark && (() => onThreadPark(self)),
      onUnpark: onThreadUnpark && (() => onThreadUnpark(self)),
      hasThreads: () => this.threads.areThere,
      hasJobs: () => isBlockingBusy(this.thread),
      onLoopMissed: () => this.threads.listen(),
      afterTurn: () => {
        this.threads.startBlocking();
        serveReactors(this.thread);
      },
    });
  }

  async #shutDown(timeout: number | undefined): Promise<void> {
    const { thread, threads } = this;
    this.#loop.keepAlive(true);
    thread.core.shutdown(SHUTDOWN_BEGUN);
    for (const continuation of thread.continuations) continuation.cancel?.();
    thread.driver.kick();
    const cleanedUp = this.#cleanUp(platform.now() + (timeout ?? CLEAN_UP_MS));
    const stopped = threads.stop();
    if (!(await settlesWithin(stopped, timeout ?? CLEAN_UP_MS))) {
      if (timeout === undefined) thread.core.shutdown(SHUTDOWN_FORCED);
      else await threads.terminate();
    }
    await stopped;
    await cleanedUp;
    // What became of the tasks of other threads lies in the inbox: their joiners are told now.
    thread.driver.kick();
    do await this.#turns(2);
    while (this.#driver.hasRest);
    this.#driver.stop();
    thread.isClosed = true;
    for (const continuation of thread.continuations) continuation.abandon?.();
    closeReactors(thread);
    living.delete(this);
    this.#loop.keepAlive(false);
  }

  /** Lets this thread's tasks finish their `finally` blocks, until the platform's clock says. */
  async #cleanUp(untilMs: number): Promise<void> {
    const { thread } = this;
    // Two turns of the event loop are enough for every cancelled task that does not wait anew.
    await this.#turns(2);
    const isBusy = () => [...thread.continuations].some((waiting) => waiting.cancel);
    while (isBusy() && platform.now() < untilMs) {
      await new Promise((resolve) => setTimeout(resolve, CLEAN_UP_LOOK_MS));
    }
  }

  async #turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn++) {
      await new Promise<void>((resolve) => this.#loop.defer(resolve));
    }
  }

  #onLost(index: number, cause: unknown): void {
    const { onWorkerLost, threadName } = this.options.hooks;
    const name = threadName(index);
    if (onWorkerLost !== undefined) onWorkerLost({ index, name, cause });
    else platform.warn(`Lost worker ${name}, which is replaced: ${String(cause)}`);
  }

  /** The one place for failures that nobody joins. */
  #report(error: JoinError): void {
    const { hooks, unhandledPanic } = this.options;
    if (hooks.onUnhandledPanic !== undefined) hooks.onUnhandledPanic(error);
    else platform.warn(error);
    if (unhandledPanic === "shutdownRuntime") void this.shutdown({ background: true });
  }
}

function attachment(options: ResolvedOptions): Attachment {
  compiled ??= platform.loadCore();
  runtimesMade += 1;
  return {
    module: compiled,
    memory: reserveMemory(platform.sharesMemory, options.maxMemory),
    index: options.workerThreads,
    kind: THREAD_HOME,
    // Whole: then the time of a paused clock is, and differences between its instants are exact.
    origin: Math.floor(platform.now()),
    identity: identityOf(options, runtimesMade),
    seed: options.rngSeed,
  };
}

function identityOf(options: ResolvedOptions, id: number): RuntimeIdentity {
  const { name, ioEnabled, timeEnabled, maxIoEventsPerTick, pollTime, scheduleLatency } = options;
  const argv = programArguments();
  return { id, name, argv, ioEnabled, timeEnabled, maxIoEventsPerTick, pollTime, scheduleLatency };
}

function boot(core: Thread["core"], options: ResolvedOptions): void {
  const workers = options.workerThreads;
  const structs = workers + 1 + options.maxBlockingThreads;
  const flags = options.lifoSlot ? 0 : RUNTIME_FLAG_NO_LIFO;
  if (!core.boot(workers, structs, flags, options.globalQueueInterval)) {
    throw new OutOfMemoryError("build runtime");
  }
}

/** What timers of the event loop take at most: 24 days. They fire at once if given more. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** Has `promise` settled after `ms`? Zero gives it one turn of the event loop. */
function settlesWithin(promise: Promise<void>, ms: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(false), Math.min(ms, TIMER_MAX_MS));
    promise.then(() => {
      clearTimeout(timer);
      resolve(true);
    }, reject);
  });
}
