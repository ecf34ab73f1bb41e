/**
 * Groups of tasks that stay on their worker.
 *
 * @module
 */

import { checkOptions, checkWord, unexpected } from "../error/check.ts";
import type { JoinError } from "../error/join-error.ts";
import type { Future } from "../future/future.ts";
import { pollFn } from "../future/poll-fn.ts";
import { PENDING } from "../future/waker.ts";
import { toFuture, type Work } from "../future/work.ts";
import type { TaskGenerator } from "./generator-task.ts";
import type { JoinHandle } from "./join-handle.ts";
import { JoinSet } from "./join-set.ts";
import { LocalTask } from "./local-task.ts";
import { type SpawnOptions, spawn, type TaskBody } from "./spawn.ts";
import { isPortable } from "./startable.ts";
import { taskLocal } from "./task-local.ts";

/** How a set is made. */
export interface LocalSetOptions {
  /**
   * What a task that panics does to the others: nothing; or `"shutdownRuntime"`, as Tokio calls it:
   * all tasks of the set are aborted, and whoever waits for the set, or within it, is told.
   * `"ignore"` if left out.
   */
  readonly unhandledPanic?: "ignore" | "shutdownRuntime" | undefined;
}

/** The set that {@linkcode spawnLocal} spawns in. */
const current = taskLocal<LocalSet>("LocalSet");
/** Sets that were entered, innermost last. */
const entered: LocalSet[] = [];

/**
 * Tasks that are waited for, and given up, together; a task of the set may spawn into it without
 * having it at hand, by {@linkcode spawnLocal}.
 *
 * *What differs from Tokio*: every closure stays on its worker here, in a set or not, and the tasks
 * of a set go on although nobody drives it.
 *
 * @example
 * ```ts
 * using set = new LocalSet();
 * await set.runUntil(async () => {
 *   spawnLocal(async () => {
 *     await sleep(1);
 *     console.log("slept"); // slept
 *   });
 * });
 * await set.done();
 * ```
 */
export class LocalSet implements Disposable {
  readonly #tasks = new JoinSet<unknown>();
  readonly #endsByPanic: boolean;
  /** The first panic, if the set ends by that. */
  #panic: JoinError | undefined;

  /** An empty set. */
  constructor(options?: LocalSetOptions) {
    const action = "make local set";
    const { unhandledPanic = "ignore" } = checkOptions(action, options, ["unhandledPanic"]);
    checkWord(action, "unhandledPanic", unhandledPanic, ["ignore", "shutdownRuntime"]);
    this.#endsByPanic = unhandledPanic !== "ignore";
  }

  /** How many tasks have not ended. */
  get size(): number {
    this.#collect();
    return this.#tasks.size;
  }

  /** Starts a task in the set; otherwise as `spawn`. */
  spawnLocal<T>(generator: TaskGenerator<T>, options?: SpawnOptions): JoinHandle<T>;
  spawnLocal<T>(body: TaskBody<T>, options?: SpawnOptions): JoinHandle<T>;
  spawnLocal(body: unknown, options?: SpawnOptions): JoinHandle<unknown> {
    if (isPortable(body)) throw unexpected("spawn local task", "a function of one's own", body);
    const task = spawn(body as TaskBody<unknown>, options);
    // It does not start before the caller next waits.
    if (task instanceof LocalTask) {
      task.locals = { key: current, value: this, outer: undefined };
    }
    this.#tasks.add(task);
    return task;
  }

  /**
   * Waits for `work`, within which {@linkcode spawnLocal} spawns in this set. It does not wait for
   * the tasks.
   *
   * **Cancel safety.** As that of `work`.
   *
   * @throws {JoinError} If a task has panicked, and the set ends by that.
   */
  runUntil<T>(work: Work<T>): Future<T> {
    const inside = current.scope(this, toFuture(work, "run in local set"));
    return this.#endsByPanic ? this.#unlessPanicked(inside) : inside;
  }

  /**
   * Waits until all tasks have ended, those that are spawned meanwhile as well.
   *
   * **Cancel safety.** Nothing is lost.
   *
   * @throws {JoinError} If a task has panicked, and the set ends by that.
   */
  done(): Future<void> {
    const { line } = this.#tasks;
    const wait = {};
    return pollFn(
      (waker) => {
        this.#throwPanic();
        if (this.size === 0) return undefined;
        line.add(wait, waker);
        return PENDING;
      },
      () => line.leave(wait),
    );
  }

  /** Has {@linkcode spawnLocal} spawn in this set, whoever calls, until the guard is disposed. */
  enter(): Disposable {
    entered.push(this);
    let isInside = true;
    return {
      [Symbol.dispose]: () => {
        if (isInside) entered.splice(entered.lastIndexOf(this), 1);
        isInside = false;
      },
    };
  }

  /** Aborts all tasks. Failures that nobody has joined are reported, as those of other tasks. */
  [Symbol.dispose](): void {
    this.#tasks[Symbol.dispose]();
  }

  /** Waits for what runs in the set, or for a panic of one of its tasks. */
  #unlessPanicked<T>(inside: Future<T>): Future<T> {
    const { line } = this.#tasks;
    const wait = {};
    const giveUp = () => {
      line.leave(wait);
      inside[Symbol.dispose]();
    };
    return pollFn((waker) => {
      line.leave(wait);
      try {
        this.#throwPanic();
      } catch (reason) {
        inside[Symbol.dispose]();
        throw reason;
      }
      const value = inside.poll(waker);
      if (value === PENDING) line.add(wait, waker);
      return value;
    }, giveUp);
  }

  #throwPanic(): void {
    this.#collect();
    if (this.#panic !== undefined) throw this.#panic;
  }

  /** Forgets the tasks that have ended: their failures are reported, or end the set. */
  #collect(): void {
    for (let task = this.#tasks.take(); task !== undefined; task = this.#tasks.take()) {
      if (this.#endsByPanic) this.#endBy(task);
      else task.unwatch();
    }
  }

  #endBy(task: JoinHandle<unknown>): void {
    try {
      task.output();
    } catch (error) {
      if (!(error as JoinError).isPanic || this.#panic !== undefined) return;
      this.#panic = error as JoinError;
      this.#tasks.abortAll();
    }
  }
}

/**
 * Starts a task in the set around the running code.
 *
 * @throws {Error} If there is none.
 */
export function spawnLocal<T>(generator: TaskGenerator<T>, options?: SpawnOptions): JoinHandle<T>;
export function spawnLocal<T>(body: TaskBody<T>, options?: SpawnOptions): JoinHandle<T>;
export function spawnLocal(body: unknown, options?: SpawnOptions): JoinHandle<unknown> {
  const set = current.tryGet() ?? entered.at(-1);
  if (set === undefined) throw new Error("Cannot spawn local task: no LocalSet is around this");
  return set.spawnLocal(body as TaskBody<unknown>, options);
}
