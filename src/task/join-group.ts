/**
 * What a `JoinSet` and a `JoinQueue` have in common: tasks that belong together, whose results are
 * collected one after the other.
 *
 * @module
 */

import { context } from "../core/context.ts";
import { unexpected } from "../error/check.ts";
import { JoinError } from "../error/join-error.ts";
import { Future } from "../future/future.ts";
import { WaitLine } from "../future/wait-line.ts";
import { PENDING, type Pending, type Waker } from "../future/waker.ts";
import type { TaskGenerator } from "./generator-task.ts";
import { type AbortHandle, JoinHandle } from "./join-handle.ts";
import type { PortableTask, TaskResult } from "./portable.ts";
import type { SendArguments } from "./send-arguments.ts";
import { type SpawnOptions, spawn, type TaskBody } from "./spawn.ts";
import { spawnBlocking } from "./spawn-blocking.ts";

/** What became of a task. */
export type Settled<T> =
  | { readonly ok: true; readonly id: number; readonly value: T }
  | { readonly ok: false; readonly id: number; readonly error: JoinError };

/** Tasks with one type of value, which are joined in an order, and aborted as one. */
export abstract class JoinGroup<T> implements Disposable, AsyncDisposable {
  /**
   * Those who wait for the task whose turn it is.
   *
   * @internal
   */
  readonly line = new WaitLine();

  /** How many tasks have not been collected, ended or not. */
  abstract get size(): number;

  /** Has everything been collected? */
  get isEmpty(): boolean {
    return this.size === 0;
  }

  /** Starts a task in it; see `spawn`. */
  spawn(generator: TaskGenerator<T>, options?: SpawnOptions): AbortHandle;
  spawn(body: TaskBody<T>, options?: SpawnOptions): AbortHandle;
  spawn<A extends unknown[], G extends A>(
    task: PortableTask<A, TaskResult<T>>,
    ...args: SendArguments<G>
  ): AbortHandle;
  spawn(body: unknown, ...rest: unknown[]): AbortHandle {
    const start = spawn as (body: unknown, ...rest: unknown[]) => JoinHandle<T>;
    return this.add(start(body, ...rest));
  }

  /** Starts a blocking job in it; see `spawnBlocking`. */
  spawnBlocking<A extends unknown[], G extends A>(
    task: PortableTask<A, TaskResult<T>>,
    ...args: SendArguments<G>
  ): AbortHandle {
    return this.add(spawnBlocking(task, ...args) as JoinHandle<T>);
  }

  /** Takes a task in that was spawned by other means, such as on another runtime. */
  add(task: JoinHandle<T>): AbortHandle {
    if (!(task instanceof JoinHandle)) throw unexpected("add task", "a JoinHandle", task);
    task.watch();
    this.hold(task);
    return task.abortHandle();
  }

  /**
   * The value of the next task whose turn it is; undefined once there is none left.
   *
   * **Cancel safety.** Nothing is lost: a task is collected only by the poll that returns it.
   *
   * @throws {JoinError} If that task has failed. The others go on.
   */
  joinNext(): Future<T | undefined> {
    return new JoinNext(this, (task) => task?.output());
  }

  /**
   * The next task whose turn it is, with its id, whatever became of it; undefined once there is
   * none left.
   *
   * **Cancel safety.** Nothing is lost.
   */
  joinNextWithId(): Future<Settled<T> | undefined> {
    return new JoinNext(this, (task) => task && settle(task));
  }

  /**
   * The next value if it is there already; undefined if it is not.
   *
   * @throws {JoinError} If the task has failed.
   */
  tryJoinNext(): T | undefined {
    return this.take()?.output();
  }

  /** The next task with its id, if it has ended already; undefined if it has not. */
  tryJoinNextWithId(): Settled<T> | undefined {
    const task = this.take();
    return task && settle(task);
  }

  /**
   * All values, in the order in which tasks are joined.
   *
   * **Cancel safety.** Values that were collected before are lost; use {@linkcode joinNext}.
   *
   * @throws What the first failing task threw; the others are aborted and forgotten then, and
   * should they fail as well, that is not reported.
   */
  async joinAll(): Promise<T[]> {
    const values: T[] = [];
    try {
      while (!this.isEmpty) values.push((await this.joinNext()) as T);
    } catch (error) {
      this.abortAll();
      this.#forget();
      throw error instanceof JoinError && error.isPanic ? error.cause : error;
    }
    return values;
  }

  /** Asks every task to end. They stay, to be collected. */
  abortAll(): void {
    for (const task of this.tasks()) task.abort();
  }

  /**
   * Forgets every task without aborting it. A failure that nobody has collected is reported, as
   * that of any task that nobody joins.
   */
  detachAll(): void {
    for (const task of this.tasks()) task.unwatch();
    this.#forget();
  }

  /**
   * Aborts every task and waits until all have ended. None is left then. Failures that nobody
   * has collected are reported, as by {@linkcode detachAll}.
   *
   * **Cancel safety.** The tasks are aborted all the same.
   */
  async shutdown(): Promise<void> {
    this.abortAll();
    while (!this.isEmpty) await new JoinNext(this, (task) => task?.unwatch());
  }

  /** Aborts every task, and forgets them as {@linkcode detachAll} does. */
  [Symbol.dispose](): void {
    this.abortAll();
    this.detachAll();
  }

  /** Same as {@linkcode shutdown}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  /**
   * Results one after the other, until there is none left.
   *
   * **Cancel safety.** Nothing is lost when a task that loops is aborted. A `next()` that is given
   * up takes its result all the same, and it is lost: use {@linkcode joinNextWithId} there.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Settled<T>, void, void> {
    for (;;) {
      const settled = await this.joinNextWithId();
      if (settled === undefined) return;
      yield settled;
    }
  }

  /**
   * Collects the task whose turn it is, or puts a wait in line until it has ended.
   *
   * @internal
   */
  pollTask(wait: object, waker: Waker): JoinHandle<T> | undefined | Pending {
    if (!this.hasEnded && !this.isEmpty) {
      this.line.add(wait, waker);
      return PENDING;
    }
    this.line.leave(wait);
    return context().thread.takeBudget(waker) ? this.take() : PENDING;
  }

  /**
   * Every task that has not been collected.
   *
   * @internal
   */
  protected abstract tasks(): JoinHandle<T>[];

  /**
   * Has the task ended whose turn it is?
   *
   * @internal
   */
  protected abstract get hasEnded(): boolean;

  /**
   * Collects the task whose turn it is, if it has ended.
   *
   * @internal
   */
  abstract take(): JoinHandle<T> | undefined;

  /**
   * Keeps a task, and wakes the line once it has ended and its turn is come.
   *
   * @internal
   */
  protected abstract hold(task: JoinHandle<T>): void;

  /**
   * Lets go of all tasks.
   *
   * @internal
   */
  protected abstract clear(): void;

  #forget(): void {
    this.clear();
    this.line.wakeAll();
  }
}

class JoinNext<T, R> extends Future<R> {
  readonly #group: JoinGroup<T>;
  readonly #finish: (task: JoinHandle<T> | undefined) => R;

  constructor(group: JoinGroup<T>, finish: (task: JoinHandle<T> | undefined) => R) {
    super();
    this.#group = group;
    this.#finish = finish;
  }

  override poll(waker: Waker): R | Pending {
    const task = this.#group.pollTask(this, waker);
    return task === PENDING ? PENDING : this.#finish(task);
  }

  override [Symbol.dispose](): void {
    this.#group.line.leave(this);
  }
}

function settle<T>(task: JoinHandle<T>): Settled<T> {
  const { id } = task;
  try {
    return { ok: true, id, value: task.output() };
  } catch (error) {
    return { ok: false, id, error: error as JoinError };
  }
}
