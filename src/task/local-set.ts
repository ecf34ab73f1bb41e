/**
 * Groups of tasks that stay on their worker.
 *
 * @module
 */

import { unexpected } from "../error/check.ts";
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
   */
  runUntil<T>(work: Work<T>): Future<T> {
    return current.scope(this, toFuture(work, "run in local set"));
  }

  /**
   * Waits until all tasks have ended, those that are spawned meanwhile as well.
   *
   * **Cancel safety.** Nothing is lost.
   */
  done(): Future<void> {
    const { line } = this.#tasks;
    const wait = {};
    return pollFn(
      (waker) => {
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

  /** Forgets the tasks that have ended: a failure that nobody joins is reported. */
  #collect(): void {
    for (let task = this.#tasks.take(); task !== undefined; task = this.#tasks.take()) {
      task.unwatch();
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
