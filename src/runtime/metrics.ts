/**
 * What a runtime has done so far, and what it is doing now.
 *
 * @module
 */

import {
  INJECTOR_LENGTH,
  RUNTIME_BREAK,
  RUNTIME_FIRST_WORKER,
  RUNTIME_INJECTOR,
  RUNTIME_THREADS,
  RUNTIME_WORKERS,
  WORKER_ARENA_BYTES,
  WORKER_BLOCKS_LIVE,
  WORKER_BYTES_READ,
  WORKER_BYTES_WRITTEN,
  WORKER_COLLECTING_MS,
  WORKER_COLLECTIONS,
  WORKER_CONNECTIONS,
  WORKER_ENDED,
  WORKER_FORCED_YIELDS,
  WORKER_GUEST_WAITS,
  WORKER_IO_DEREGISTERED,
  WORKER_IO_READY,
  WORKER_IO_REGISTERED,
  WORKER_LATENCY_HISTOGRAM,
  WORKER_POLL_HISTOGRAM,
  WORKER_PRIMITIVES_LIVE,
  WORKER_READS,
  WORKER_REMOTE_SCHEDULES,
  WORKER_SIZE,
  WORKER_SPAWNED,
  WORKER_STAKES_LIVE,
  WORKER_WAITERS_LIVE,
  WORKER_WRITES,
} from "../../assembly/shared/layout.ts";
import type { Thread } from "../core/thread.ts";
import { checkWhole } from "../error/check.ts";
import type { Histogram } from "../worker/histogram.ts";
import { HistogramMetrics } from "./histogram-metrics.ts";
import { WorkerMetrics } from "./worker-metrics.ts";

/** The pool of threads for blocking jobs, as it is now. */
export interface BlockingPoolState {
  /** Threads alive. */
  readonly threads: number;
  /** Of those, threads that wait for a job. */
  readonly idle: number;
  /** Jobs that wait for a thread. */
  readonly queued: number;
}

/** What the metrics are read from. */
export interface MetricsSource {
  readonly thread: Thread;
  readonly blocking: BlockingPoolState;
  /** The shape of the histogram of poll times, if there is one. */
  readonly pollTime?: Histogram | undefined;
  readonly scheduleLatency?: Histogram | undefined;
}

/** Slots of the shared memory that are in use now, by any thread. */
export interface SlotMetrics {
  /** Handles, ends of channels, permits and guards; and waits for any of these. */
  readonly handles: number;
  /** Channels, semaphores, locks and the like, as long as anybody has a handle. */
  readonly primitives: number;
  /** Blocks of any size: messages on their way, values of locks, what a thread keeps for itself. */
  readonly blocks: number;
}

/** Counters of the sockets that the runtime watches. */
export interface IoMetrics {
  /** Sockets ever taken on. */
  readonly registered: number;
  /** Sockets ever given up. */
  readonly deregistered: number;
  /** Events of readiness handled. */
  readonly readyEvents: number;
  /** Connections that `TcpListener.serve` has under way. */
  readonly connections: number;
  /** Reads from streams that brought bytes, or the end. */
  readonly reads: number;
  /** Writes to streams that took bytes. */
  readonly writes: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** Figures of the Wasm tasks' memory. */
export interface GuestMetrics {
  /** Bytes of the shared memory that tasks have for their objects now. */
  readonly arenaBytes: number;
  /** How often a waiting task's garbage was collected. */
  readonly collections: number;
  /** Milliseconds that this took, on all threads together. */
  readonly collectingMs: number;
}

/**
 * The live figures of a runtime.
 *
 * Reading one costs a few loads from shared memory and disturbs nobody. Figures of other threads
 * may be a moment old.
 *
 * @example
 * ```ts
 * const { metrics } = Handle.current();
 * await spawn(async () => 42);
 * console.log(metrics.spawnedTasks, metrics.aliveTasks); // 1 0
 * for (let index = 0; index < metrics.workers; index++) {
 *   console.log(index, metrics.worker(index).pollCount);
 * }
 * ```
 */
export class RuntimeMetrics {
  /** How long polls take; undefined unless it is measured. */
  readonly pollTime: HistogramMetrics | undefined;
  /** How long tasks wait from their wake to their poll; undefined unless it is measured. */
  readonly scheduleLatency: HistogramMetrics | undefined;
  readonly #thread: Thread;
  readonly #blocking: BlockingPoolState;

  /** For `Runtime` and `Handle`. */
  constructor({ thread, blocking, pollTime, scheduleLatency }: MetricsSource) {
    this.#thread = thread;
    this.#blocking = blocking;
    this.pollTime = pollTime && this.#histogram(pollTime, WORKER_POLL_HISTOGRAM);
    this.scheduleLatency =
      scheduleLatency && this.#histogram(scheduleLatency, WORKER_LATENCY_HISTOGRAM);
  }

  /** Workers. The only one of a `currentThread` runtime is the thread that made it. */
  get workers(): number {
    return Math.max(1, this.#runtimeField(RUNTIME_WORKERS));
  }

  /** Tasks spawned and not ended. */
  get aliveTasks(): number {
    // In this order: a task that is counted as ended is then counted as spawned, too.
    const ended = this.#total(WORKER_ENDED);
    return this.#total(WORKER_SPAWNED) - ended;
  }

  /** Tasks in the queue that all workers share. */
  get globalQueueDepth(): number {
    return this.#runtimeField(RUNTIME_INJECTOR + INJECTOR_LENGTH);
  }

  /** Times that a task was scheduled from outside the workers. */
  get remoteSchedules(): number {
    return this.#total(WORKER_REMOTE_SCHEDULES);
  }

  /** Tasks ever spawned. */
  get spawnedTasks(): number {
    return this.#total(WORKER_SPAWNED);
  }

  /** Times that a task had spent its budget and had to let others run. */
  get budgetForcedYields(): number {
    return this.#total(WORKER_FORCED_YIELDS);
  }

  /** Waits for time or for sockets that have neither ended nor been given up. */
  get pendingWaits(): number {
    // A Wasm task's may end on another thread than it began on: the sum is right modulo 2^32.
    return (this.#sum(WORKER_WAITERS_LIVE) + this.#sum(WORKER_GUEST_WAITS)) >>> 0;
  }

  /** Bytes of the shared memory that were ever in use. They are used again, and not given back. */
  get memoryBytes(): number {
    return this.#runtimeField(RUNTIME_BREAK);
  }

  /** Threads for blocking jobs. */
  get blockingThreads(): number {
    return this.#blocking.threads;
  }

  /** Of those, threads that wait for a job. */
  get idleBlockingThreads(): number {
    return this.#blocking.idle;
  }

  /** Blocking jobs that have not begun. */
  get blockingQueueDepth(): number {
    return this.#blocking.queued;
  }

  /** Sockets. */
  get io(): IoMetrics {
    return {
      registered: this.#total(WORKER_IO_REGISTERED),
      deregistered: this.#total(WORKER_IO_DEREGISTERED),
      readyEvents: this.#total(WORKER_IO_READY),
      connections: this.#sum(WORKER_CONNECTIONS),
      reads: this.#total(WORKER_READS),
      writes: this.#total(WORKER_WRITES),
      bytesRead: this.#total(WORKER_BYTES_READ),
      bytesWritten: this.#total(WORKER_BYTES_WRITTEN),
    };
  }

  /** What is in use of the shared memory. */
  get slots(): SlotMetrics {
    // As for Wasm tasks: what one thread takes, another may free.
    return {
      handles: this.#sum(WORKER_STAKES_LIVE) >>> 0,
      primitives: this.#sum(WORKER_PRIMITIVES_LIVE) >>> 0,
      blocks: this.#sum(WORKER_BLOCKS_LIVE) >>> 0,
    };
  }

  /** The memory of Wasm tasks. */
  get guests(): GuestMetrics {
    return {
      // Taken on one thread and freed on another: the sum is right modulo 2^32.
      arenaBytes: this.#sum(WORKER_ARENA_BYTES) >>> 0,
      collections: this.#total(WORKER_COLLECTIONS),
      collectingMs: this.#total(WORKER_COLLECTING_MS),
    };
  }

  /**
   * The figures of one worker.
   *
   * @param index 0 to one less than {@linkcode workers}; or {@linkcode homeIndex}.
   * @throws {RangeError} If there is no such thread.
   */
  worker(index: number): WorkerMetrics {
    return new WorkerMetrics(this.#thread, this.#addressOf(index));
  }

  /**
   * The number of the thread that made the runtime. With workers it comes after theirs: it runs
   * the tasks that were spawned on it as closures.
   */
  get homeIndex(): number {
    return this.#runtimeField(RUNTIME_WORKERS);
  }

  #runtimeField(offset: number): number {
    return this.#thread.u32[(this.#thread.runtime + offset) >> 2] as number;
  }

  /** Adds up what all threads have now, those for blocking jobs included. */
  #sum(offset: number): number {
    const { u32 } = this.#thread;
    let total = 0;
    for (let index = this.#threads - 1; index >= 0; index--) {
      total += u32[(this.#addressOf(index) + offset) >> 2] as number;
    }
    return total;
  }

  /** The same for a counter of what they have ever done. */
  #total(offset: number): number {
    const { f64 } = this.#thread;
    let total = 0;
    for (let index = this.#threads - 1; index >= 0; index--) {
      total += f64[(this.#addressOf(index) + offset) >> 3] as number;
    }
    return total;
  }

  #histogram(shape: Histogram, field: number): HistogramMetrics {
    const thread = this.#thread;
    const countersOf = (index: number) =>
      thread.u32[(this.#addressOf(index) + field) >> 2] as number;
    return new HistogramMetrics(thread, shape, countersOf);
  }

  get #threads(): number {
    return this.#runtimeField(RUNTIME_THREADS);
  }

  #addressOf(index: number): number {
    checkWhole("read metrics", "worker", index, 0, this.#threads - 1);
    return this.#runtimeField(RUNTIME_FIRST_WORKER) + index * WORKER_SIZE;
  }
}
