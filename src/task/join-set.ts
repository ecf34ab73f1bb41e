/**
 * Tasks that belong together: joined as they end, aborted as one.
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
import { type SpawnOptions, spawn, type TaskBody } from "./spawn.ts";
import { spawnBlocking } from "./spawn-blocking.ts";

/** What became of a task. */
export type Settled<T> =
  | { readonly ok: true; readonly id: number; readonly value: T }
  | { readonly ok: false; readonly id: number; readonly error: JoinError };

/**
 * A set of tasks with one type of value.
 *
 * Results come in the order in which the tasks end. A set that is disposed of aborts what is left:
 * with `await using`, no task outlives the block.
 *
 * @example The fastest mirror
 * ```ts
 * await using mirrors = new JoinSet();
 * for (const delay of [300, 10, 200]) {
 *   mirrors.spawn(async () => {
 *     await sleep(delay);
 *     return delay;
 *   });
 * }
 * console.log(await mirrors.joinNext()); // 10
 * ```
 */
export class JoinSet<T> implements Disposable, AsyncDisposable {
  /** Tasks that run, with who waits for each. */
  readonly #running = new Map<JoinHandle<T>, Member<T>>();
  /** Tasks that have ended and were not collected, the earliest first. A set keeps its order. */
  readonly #ended = new Set<JoinHandle<T>>();
  /**
   * Those who wait for the next task to end.
   *
   * @internal
   */
  readonly line = new WaitLine();

  /**
   * Starts every body of an iterable in a new set.
   */
  static from<T>(bodies: Iterable<TaskBody<T>>): JoinSet<T> {
    if (typeof bodies?.[Symbol.iterator] !== "function") {
      throw unexpected("make join set", "an iterable of functions", bodies);
    }
    const set = new JoinSet<T>();
    for (const body of bodies) set.spawn(body);
    return set;
  }

  /** How many tasks have not been collected, ended or not. */
  get size(): number {
    return this.#running.size + this.#ended.size;
  }

  /** Has everything been collected? */
  get isEmpty(): boolean {
    return this.size === 0;
  }

  /** Starts a task in the set; see `spawn`. */
  spawn(generator: TaskGenerator<T>, options?: SpawnOptions): AbortHandle;
  spawn<A extends unknown[]>(task: PortableTask<A, TaskResult<T>>, ...args: A): AbortHandle;
  spawn(body: TaskBody<T>, options?: SpawnOptions): AbortHandle;
  spawn(body: unknown, ...rest: unknown[]): AbortHandle {
    const start = spawn as (body: unknown, ...rest: unknown[]) => JoinHandle<T>;
    return this.add(start(body, ...rest));
  }

  /** Starts a blocking job in the set; see `spawnBlocking`. */
  spawnBlocking<A extends unknown[]>(
    task: PortableTask<A, TaskResult<T>>,
    ...args: A
  ): AbortHandle {
    return this.add(spawnBlocking(task, ...args) as JoinHandle<T>);
  }

  /** Takes a task into the set that was spawned by other means, such as on another runtime. */
  add(task: JoinHandle<T>): AbortHandle {
    if (!(task instanceof JoinHandle)) throw unexpected("add task", "a JoinHandle", task);
    task.watch();
    const member = new Member(task, (ended) => this.#onEnd(ended));
    this.#running.set(task, member);
    member.wait();
    return task.abortHandle();
  }

  /**
   * The next value, in the order in which tasks end; undefined once the set is empty.
   *
   * **Cancel safety.** Nothing is lost: a task is collected only by the poll that returns it.
   *
   * @throws {JoinError} If the next task to end has failed. The others go on.
   */
  joinNext(): Future<T | undefined> {
    return new JoinNext(this, (task) => task?.output());
  }

  /**
   * The next task to end, with its id, whatever became of it; undefined once the set is empty.
   *
   * **Cancel safety.** Nothing is lost.
   */
  joinNextWithId(): Future<Settled<T> | undefined> {
    return new JoinNext(this, (task) => task && settle(task));
  }

  /**
   * A value that is there already; undefined if no task has ended.
   *
   * @throws {JoinError} If the task has failed.
   */
  tryJoinNext(): T | undefined {
    return this.take()?.output();
  }

  /** A task that has ended already, with its id; undefined if there is none. */
  tryJoinNextWithId(): Settled<T> | undefined {
    const task = this.take();
    return task && settle(task);
  }

  /**
   * All values, in the order in which the tasks end.
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

  /** Asks every task to end. They stay in the set, to be collected. */
  abortAll(): void {
    for (const task of this.#running.keys()) task.abort();
  }

  /**
   * Forgets every task without aborting it. A failure that nobody has collected is reported, as
   * that of any task that nobody joins.
   */
  detachAll(): void {
    for (const task of [...this.#running.keys(), ...this.#ended]) task.unwatch();
    this.#forget();
  }

  /**
   * Aborts every task and waits until all have ended. The set is empty then. Failures that nobody
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
   * Results as they come, until the set is empty.
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

  /** @internal */
  get hasEnded(): boolean {
    return this.#ended.size > 0;
  }

  /**
   * Collects a task that has ended.
   *
   * @internal
   */
  take(): JoinHandle<T> | undefined {
    const [task] = this.#ended;
    if (task !== undefined) this.#ended.delete(task);
    return task;
  }

  #forget(): void {
    for (const member of this.#running.values()) member.leave();
    this.#running.clear();
    this.#ended.clear();
    this.line.wakeAll();
  }

  #onEnd(task: JoinHandle<T>): void {
    this.#running.delete(task);
    this.#ended.add(task);
    this.line.wakeAll();
  }
}

/** Waits for one task of a set. */
class Member<T> implements Waker {
  readonly #task: JoinHandle<T>;
  readonly #onEnd: (task: JoinHandle<T>) => void;

  constructor(task: JoinHandle<T>, onEnd: (task: JoinHandle<T>) => void) {
    this.#task = task;
    this.#onEnd = onEnd;
  }

  targetOn(): number {
    return 0;
  }

  wait(): void {
    if (this.#task.isFinished) this.#onEnd(this.#task);
    else this.#task.join(this);
  }

  wake(): void {
    this.#onEnd(this.#task);
  }

  /** Never asked: a member joins, and does not poll. */
  defer(): void {}

  leave(): void {
    this.#task.leave(this);
  }
}

class JoinNext<T, R> extends Future<R> {
  readonly #set: JoinSet<T>;
  readonly #finish: (task: JoinHandle<T> | undefined) => R;

  constructor(set: JoinSet<T>, finish: (task: JoinHandle<T> | undefined) => R) {
    super();
    this.#set = set;
    this.#finish = finish;
  }

  override poll(waker: Waker): R | Pending {
    if (!this.#set.hasEnded && !this.#set.isEmpty) {
      this.#set.line.add(this, waker);
      return PENDING;
    }
    this.#set.line.leave(this);
    if (!context().thread.takeBudget(waker)) return PENDING;
    return this.#finish(this.#set.take());
  }

  override [Symbol.dispose](): void {
    this.#set.line.leave(this);
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
