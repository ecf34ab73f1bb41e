/**
 * Waiting for tasks to end without collecting their values.
 *
 * @module
 */

import { context } from "../core/context.ts";
import { shownBy } from "../core/inspect.ts";
import { Future, PENDING, type Pending, type Waker } from "../future/future.ts";
import { WaitLine } from "../future/wait-line.ts";
import { type WaitOptions, withSignal } from "../future/with-signal.ts";
import { toFuture, type Work } from "../future/work.ts";
import type { TaskGenerator } from "./generator-task.ts";
import { EndObserver, JoinHandle } from "./join-handle.ts";
import type { PortableTask, TaskValue } from "./portable.ts";
import type { SendArguments } from "./send-arguments.ts";
import { type SpawnOptions, spawn, type TaskBody } from "./spawn.ts";
import { spawnBlocking } from "./spawn-blocking.ts";

/**
 * Counts tasks, and tells when it is closed and all have ended: for a graceful shutdown, together
 * with a `CancellationToken`. Other than a `JoinSet` it keeps nothing of a task that has ended, and
 * aborts none: its tasks are joined, or not, by their handles.
 *
 * Being closed does not keep tasks from being spawned.
 *
 * @example
 * ```ts
 * const tracker = new TaskTracker();
 * for (const delay of [1, 2, 3]) tracker.spawn(() => sleep(delay));
 * tracker.close();
 * await tracker.wait();
 * console.log(tracker.size); // 0
 * ```
 */
export class TaskTracker {
  static {
    shownBy(TaskTracker, ({ size, isClosed }) => ({ size, isClosed }));
  }

  #size = 0;
  #isClosed = false;
  /** How often it has come to be closed and empty. */
  #ends = 0;
  /** @internal */
  readonly line = new WaitLine();

  /** How many tasks, futures and tokens it counts. */
  get size(): number {
    return this.#size;
  }

  /** Does it count none? */
  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /** May those who wait go on once it is empty? */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Lets those who wait go on once it is empty. False if it was closed before. */
  close(): boolean {
    if (this.#isClosed) return false;
    this.#isClosed = true;
    this.#tellIfOver();
    return true;
  }

  /** Has those who wait from now on wait for another {@linkcode close}. False if it was open. */
  reopen(): boolean {
    const wasClosed = this.#isClosed;
    this.#isClosed = false;
    return wasClosed;
  }

  /**
   * Waits until it is closed and empty at once, if only for a moment, from this call on.
   *
   * **Cancel safety.** Nothing is lost.
   */
  wait(options?: WaitOptions): Future<void> {
    return withSignal("wait for tasks", new AllEnded(this), options);
  }

  /** Starts a task that is counted until it ends; see `spawn`. */
  spawn<T>(generator: TaskGenerator<T>, options?: SpawnOptions): JoinHandle<T>;
  spawn<T>(body: TaskBody<T>, options?: SpawnOptions): JoinHandle<T>;
  spawn<A extends unknown[], T, G extends A>(
    task: PortableTask<A, T>,
    ...args: SendArguments<G>
  ): JoinHandle<TaskValue<T>>;
  spawn(body: unknown, ...rest: unknown[]): JoinHandle<unknown> {
    const start = spawn as (body: unknown, ...rest: unknown[]) => JoinHandle<unknown>;
    return this.track(start(body, ...rest));
  }

  /** Starts a blocking job that is counted until it ends; see `spawnBlocking`. */
  spawnBlocking<A extends unknown[], T, G extends A>(
    task: PortableTask<A, T>,
    ...args: SendArguments<G>
  ): JoinHandle<TaskValue<T>> {
    return this.track(spawnBlocking(task, ...args));
  }

  /** Counts a task that was spawned by other means, until it ends. */
  track<H extends JoinHandle<unknown>>(task: H): H;
  /**
   * The same work as a future that is counted from now on until it has ended, or is disposed.
   *
   * **Cancel safety.** As that of `work`.
   */
  track<T>(work: Work<T>): Future<T>;
  track<T>(work: JoinHandle<T> | Work<T>): Future<T> {
    if (!(work instanceof JoinHandle)) return new Tracked(this, toFuture(work, "track future"));
    if (work.isFinished) return work;
    const token = this.token();
    work.join(new EndObserver(() => token[Symbol.dispose]()));
    return work;
  }

  /** Something that is counted until it is disposed. */
  token(): TaskTrackerToken {
    this.#size += 1;
    return new TaskTrackerToken(this);
  }

  /** @internal */
  release(): void {
    this.#size -= 1;
    this.#tellIfOver();
  }

  /** @internal */
  get ends(): number {
    return this.#ends;
  }

  #tellIfOver(): void {
    if (!this.#isClosed || this.#size > 0) return;
    this.#ends += 1;
    this.line.wakeAll();
  }
}

/** Counted by its tracker until it is disposed. Twice is harmless. */
export class TaskTrackerToken implements Disposable {
  /** What counts it. */
  readonly taskTracker: TaskTracker;
  #isCounted = true;

  /** @internal */
  constructor(tracker: TaskTracker) {
    this.taskTracker = tracker;
  }

  /** Another one of the same tracker. */
  clone(): TaskTrackerToken {
    return this.taskTracker.token();
  }

  [Symbol.dispose](): void {
    if (this.#isCounted) this.taskTracker.release();
    this.#isCounted = false;
  }
}

/** Waits for a tracker to be closed and empty, if it was not as this was made. */
class AllEnded extends Future<void> {
  readonly #tracker: TaskTracker;
  readonly #endsSeen: number;

  constructor(tracker: TaskTracker) {
    super();
    this.#tracker = tracker;
    const isOver = tracker.isClosed && tracker.isEmpty;
    this.#endsSeen = isOver ? -1 : tracker.ends;
  }

  override poll(waker: Waker): undefined | Pending {
    if (this.#endsSeen !== this.#tracker.ends) {
      return context().thread.takeBudget(waker) ? undefined : PENDING;
    }
    this.#tracker.line.add(this, waker);
    return PENDING;
  }

  override [Symbol.dispose](): void {
    this.#tracker.line.leave(this);
  }
}

class Tracked<T> extends Future<T> {
  readonly #token: TaskTrackerToken;
  readonly #work: Future<T>;

  constructor(tracker: TaskTracker, work: Future<T>) {
    super();
    this.#token = tracker.token();
    this.#work = work;
  }

  override poll(waker: Waker): T | Pending {
    let isOver = true;
    try {
      const value = this.#work.poll(waker);
      isOver = value !== PENDING;
      return value;
    } finally {
      if (isOver) this.#token[Symbol.dispose]();
    }
  }

  override [Symbol.dispose](): void {
    this.#work[Symbol.dispose]();
    this.#token[Symbol.dispose]();
  }
}
