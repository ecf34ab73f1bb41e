/**
 * What one worker has done so far.
 *
 * @module
 */

import {
  TASK_FUNCTION,
  TASK_ID,
  WORKER_BUSY_MS,
  WORKER_LIFO,
  WORKER_LOCAL_SCHEDULES,
  WORKER_MEAN_POLL_US,
  WORKER_NODE_NOW,
  WORKER_NOOP_COUNT,
  WORKER_OVERFLOW_COUNT,
  WORKER_PARK_COUNT,
  WORKER_PARK_UNPARK_COUNT,
  WORKER_PINNED_COUNT,
  WORKER_POLL_COUNT,
  WORKER_QUEUE_HEAD,
  WORKER_QUEUE_TAIL,
  WORKER_RUNS,
  WORKER_STEAL_COUNT,
  WORKER_STEAL_OPERATIONS,
  WORKER_THREAD_ID,
  WORKER_WHEEL,
} from "../../assembly/shared/layout.ts";
import { taskNameAt } from "../core/guests.ts";
import type { Thread } from "../core/thread.ts";
import { TimerWheelMetrics } from "./timer-wheel-metrics.ts";

/** The queue's positions wrap here; the head's lower half is the position of its first task. */
const POSITION_MASK = 0xffff;

/** A Wasm task that a worker runs at this moment. */
export interface RunningTask {
  readonly taskId: number;
  /** The name of the guest's function; undefined for a task that the guest itself has spawned. */
  readonly taskName: string | undefined;
  /**
   * Milliseconds for which it has run without a wait. The clock is read once for up to 61 polls, so
   * those that came right before this one may be counted in.
   */
  readonly forMs: number;
}

/** The live figures of one worker, each read when it is asked for. */
export class WorkerMetrics {
  readonly #thread: Thread;
  readonly #worker: number;

  /** For `RuntimeMetrics.worker`. */
  constructor(thread: Thread, worker: number) {
    this.#thread = thread;
    this.#worker = worker;
  }

  /** Milliseconds not spent asleep. */
  get busyMs(): number {
    return this.#counter(WORKER_BUSY_MS);
  }

  /** Times it went to sleep. */
  get parkCount(): number {
    return this.#counter(WORKER_PARK_COUNT);
  }

  /** Times it went to sleep or woke: odd while it sleeps. */
  get parkUnparkCount(): number {
    return this.#counter(WORKER_PARK_UNPARK_COUNT);
  }

  /** The operating system's, or the platform's, number of its thread. */
  get threadId(): number {
    return this.#field(WORKER_THREAD_ID);
  }

  /** Tasks in its own queues: those that others may steal, and those that only it can run. */
  get queueDepth(): number {
    const first = this.#field(WORKER_QUEUE_HEAD) & POSITION_MASK;
    const stealable = (this.#field(WORKER_QUEUE_TAIL) - first) & POSITION_MASK;
    const last = this.#field(WORKER_LIFO) === 0 ? 0 : 1;
    return stealable + last + this.#field(WORKER_PINNED_COUNT);
  }

  /** Times it woke and found nothing to do. */
  get noopCount(): number {
    return this.#counter(WORKER_NOOP_COUNT);
  }

  /** Tasks it took from other workers. */
  get stealCount(): number {
    return this.#counter(WORKER_STEAL_COUNT);
  }

  /** Times it took tasks from another worker. */
  get stealOperations(): number {
    return this.#counter(WORKER_STEAL_OPERATIONS);
  }

  /** Polls of tasks. */
  get pollCount(): number {
    return this.#counter(WORKER_POLL_COUNT);
  }

  /** Times that a task was scheduled from its own thread. */
  get localSchedules(): number {
    return this.#counter(WORKER_LOCAL_SCHEDULES);
  }

  /** Times that its queue was full and half of it went to the shared one. */
  get overflowCount(): number {
    return this.#counter(WORKER_OVERFLOW_COUNT);
  }

  /** How long a poll takes, in milliseconds: an average that follows the present. */
  get meanPollMs(): number {
    return this.#counter(WORKER_MEAN_POLL_US) / 1000;
  }

  /** The wheel that holds the timers of the tasks that began to wait here. */
  get timerWheel(): TimerWheelMetrics {
    return new TimerWheelMetrics(this.#thread, this.#worker + WORKER_WHEEL);
  }

  /**
   * The Wasm task that it runs at this moment, if it runs one.
   *
   * Nothing ends a task that computes without a wait: it keeps its worker until it is done. Here is
   * told which one that is. Let it call `consumeBudget` in its loop.
   */
  get running(): RunningTask | undefined {
    const { u32, f64 } = this.#thread;
    const task = this.#field(WORKER_RUNS);
    const taskId = f64[(task + TASK_ID) >> 3] as number;
    const place = u32[(task + TASK_FUNCTION) >> 2] as number;
    const since = this.#counter(WORKER_NODE_NOW);
    // It may have ended while we read, and its place have been taken.
    if (task === 0 || this.#field(WORKER_RUNS) !== task || since < 0) return undefined;
    const forMs = Math.max(0, this.#thread.now() - since);
    return { taskId, taskName: taskNameAt(this.#thread, place), forMs };
  }

  #counter(offset: number): number {
    return this.#thread.f64[(this.#worker + offset) >> 3] as number;
  }

  #field(offset: number): number {
    return this.#thread.u32[(this.#worker + offset) >> 2] as number;
  }
}
