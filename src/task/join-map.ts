/**
 * Tasks that belong together, each by a key.
 *
 * @module
 */

import { checkBody } from "../error/check.ts";
import { Future, PENDING, type Pending, type Waker } from "../future/future.ts";
import type { TaskGenerator } from "./generator-task.ts";
import type { Settled } from "./join-group.ts";
import type { AbortHandle, JoinHandle } from "./join-handle.ts";
import { JoinSet } from "./join-set.ts";
import type { PortableTask, TaskResult } from "./portable.ts";
import type { SendArguments } from "./send-arguments.ts";
import type { SpawnOptions, TaskBody } from "./spawn.ts";

/**
 * A set of tasks with keys, which are compared as those of a `Map`.
 *
 * A task that is spawned under the key of another aborts that one, of which nobody hears any more.
 * A map that is disposed of aborts what is left: with `await using`, no task outlives the block.
 *
 * @example
 * ```ts
 * await using pages = new JoinMap();
 * for (const [name, delay] of [["slow", 20], ["fast", 1]]) {
 *   pages.spawn(name, async () => {
 *     await sleep(delay);
 *     return delay;
 *   });
 * }
 * const [name, page] = await pages.joinNext();
 * console.log(name, page.value); // fast 1
 * ```
 */
export class JoinMap<K, V> implements Disposable, AsyncDisposable {
  readonly #tasks = new JoinSet<V>();
  readonly #handles = new Map<K, AbortHandle>();
  /** By the numbers of tasks. One that was replaced has none. */
  readonly #keys = new Map<number, K>();

  /** How many tasks have not been collected, ended or not. */
  get size(): number {
    return this.#handles.size;
  }

  /** Has everything been collected? */
  get isEmpty(): boolean {
    return this.size === 0;
  }

  /** Starts a task under a key, in place of another that has it; see `spawn`. */
  spawn(key: K, generator: TaskGenerator<V>, options?: SpawnOptions): AbortHandle;
  spawn(key: K, body: TaskBody<V>, options?: SpawnOptions): AbortHandle;
  spawn<A extends unknown[], G extends A>(
    key: K,
    task: PortableTask<A, TaskResult<V>>,
    ...args: SendArguments<G>
  ): AbortHandle;
  spawn(key: K, body: unknown, ...rest: unknown[]): AbortHandle {
    const tasks = this.#tasks as { spawn(body: unknown, ...rest: unknown[]): AbortHandle };
    return this.#put(key, tasks.spawn(body, ...rest));
  }

  /**
   * Takes a task in under a key that was spawned by other means, such as on another runtime; in
   * place of another that has the key.
   */
  add(key: K, task: JoinHandle<V>): AbortHandle {
    return this.#put(key, this.#tasks.add(task));
  }

  /** Starts a blocking job under a key, in place of what has it; see `spawnBlocking`. */
  spawnBlocking<A extends unknown[], G extends A>(
    key: K,
    task: PortableTask<A, TaskResult<V>>,
    ...args: SendArguments<G>
  ): AbortHandle {
    return this.#put(key, this.#tasks.spawnBlocking(task, ...args));
  }

  /**
   * The next task to end, with its key, whatever became of it; undefined once the map is empty.
   *
   * **Cancel safety.** Nothing is lost.
   */
  joinNext(): Future<[K, Settled<V>] | undefined> {
    return new JoinNext(this.#tasks, (settled) => this.#take(settled));
  }

  /** A task that has ended already, with its key; undefined if there is none. */
  tryJoinNext(): [K, Settled<V>] | undefined {
    // Ends with the tasks that have: those that were replaced are passed over.
    for (;;) {
      const settled = this.#tasks.tryJoinNextWithId();
      const found = settled && this.#take(settled);
      if (settled === undefined || found !== undefined) return found;
    }
  }

  /** Asks the task of that key to end; it stays in the map. False if there is none. */
  abort(key: K): boolean {
    const handle = this.#handles.get(key);
    handle?.abort();
    return handle !== undefined;
  }

  /** Asks every task to end whose key fits. */
  abortMatching(fits: (key: K) => boolean): void {
    checkBody("abort tasks", fits);
    for (const [key, handle] of this.#handles) if (fits(key)) handle.abort();
  }

  /** Asks every task to end. They stay in the map, to be collected. */
  abortAll(): void {
    this.#tasks.abortAll();
  }

  /** Forgets every task without aborting it; failures are reported as those of a `JoinSet`. */
  detachAll(): void {
    this.#clear();
    this.#tasks.detachAll();
  }

  /**
   * Aborts every task and waits until all have ended. The map is empty then.
   *
   * **Cancel safety.** The tasks are aborted all the same.
   */
  async shutdown(): Promise<void> {
    this.#clear();
    await this.#tasks.shutdown();
  }

  /** The keys of all tasks that have not been collected. */
  keys(): IterableIterator<K> {
    return this.#handles.keys();
  }

  /** Has a task that key that has not been collected? */
  has(key: K): boolean {
    return this.#handles.has(key);
  }

  /** Is the task of that number in it, and not collected? */
  hasTask(id: number): boolean {
    return this.#keys.has(id);
  }

  /** Aborts every task, and forgets them as {@linkcode detachAll} does. */
  [Symbol.dispose](): void {
    this.#clear();
    this.#tasks[Symbol.dispose]();
  }

  /** Same as {@linkcode shutdown}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  /**
   * Tasks with their keys as they end, until the map is empty.
   *
   * **Cancel safety.** As that of a `JoinSet`.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<[K, Settled<V>], void, void> {
    for (;;) {
      const next = await this.joinNext();
      if (next === undefined) return;
      yield next;
    }
  }

  #put(key: K, handle: AbortHandle): AbortHandle {
    const replaced = this.#handles.get(key);
    if (replaced !== undefined) {
      this.#keys.delete(replaced.id);
      replaced.abort();
    }
    this.#handles.set(key, handle);
    this.#keys.set(handle.id, key);
    return handle;
  }

  /** Takes a task that has ended out of the map; undefined if it was replaced. */
  #take(settled: Settled<V>): [K, Settled<V>] | undefined {
    if (!this.#keys.has(settled.id)) return undefined;
    const key = this.#keys.get(settled.id) as K;
    this.#keys.delete(settled.id);
    this.#handles.delete(key);
    return [key, settled];
  }

  #clear(): void {
    this.#keys.clear();
    this.#handles.clear();
  }
}

class JoinNext<K, V> extends Future<[K, Settled<V>] | undefined> {
  readonly #next: () => Future<Settled<V> | undefined>;
  readonly #take: (settled: Settled<V>) => [K, Settled<V>] | undefined;
  /** The next of the set, while it is waited for. */
  #inner: Future<Settled<V> | undefined> | undefined;

  constructor(tasks: JoinSet<V>, take: (settled: Settled<V>) => [K, Settled<V>] | undefined) {
    super();
    this.#next = () => tasks.joinNextWithId();
    this.#take = take;
  }

  override poll(waker: Waker): [K, Settled<V>] | undefined | Pending {
    // Ends with the tasks that have: those that were replaced are passed over.
    for (;;) {
      this.#inner ??= this.#next();
      const settled = this.#inner.poll(waker);
      if (settled === PENDING) return PENDING;
      this.#inner = undefined;
      const found = settled && this.#take(settled);
      if (settled === undefined || found !== undefined) return found;
    }
  }

  override [Symbol.dispose](): void {
    this.#inner?.[Symbol.dispose]();
    this.#inner = undefined;
  }
}
