/**
 * Tasks that stay on a worker of the caller's choice.
 *
 * @module
 */

import { RUNTIME_WORKERS } from "../../assembly/shared/layout.ts";
import { KIND_PINNED } from "../../assembly/shared/verdicts.ts";
import { context } from "../core/context.ts";
import type { Thread } from "../core/thread.ts";
import { checkWhole, unexpected } from "../error/check.ts";
import { EndObserver, type JoinHandle } from "./join-handle.ts";
import type { PortableTask, TaskValue } from "./portable.ts";
import type { SendArguments } from "./send-arguments.ts";
import { isPortable, start } from "./startable.ts";

/**
 * Some of a runtime's workers, for tasks that keep something in the JavaScript of one of them: a
 * cache in a variable of their module, say, or a library that cannot be shared.
 *
 * Each task begins on the worker that has the fewest of the pool's tasks, or on that of the
 * caller's choice, and stays there, whoever else is idle. Those workers run other tasks as well.
 *
 * @example
 * ```ts
 * const seen = new Map<string, number>();
 * export const count = task(import.meta, "count", (word: string) => {
 *   seen.set(word, (seen.get(word) ?? 0) + 1);
 *   return seen.get(word);
 * });
 *
 * await main(async () => {
 *   const pool = new LocalPool(1);
 *   await pool.spawnPinned(count, "hello");
 *   console.log(await pool.spawnPinned(count, "hello")); // 2
 * });
 * ```
 */
export class LocalPool {
  readonly #thread: Thread;
  readonly #loads: number[];

  /**
   * @param size How many of the runtime's workers: the first ones. Without worker threads there is
   * one, the thread of the runtime itself.
   * @throws {RangeError} If there are not so many, or `size` is no whole number above 0.
   */
  constructor(size: number) {
    const { thread } = context();
    const workers = thread.u32[(thread.runtime + RUNTIME_WORKERS) >> 2] as number;
    checkWhole("make local pool", "size", size, 1, Math.max(1, workers));
    this.#thread = thread;
    this.#loads = new Array<number>(size).fill(0);
  }

  /** How many workers it has. */
  get size(): number {
    return this.#loads.length;
  }

  /** How many of its tasks have not ended, by worker. */
  get loads(): number[] {
    return [...this.#loads];
  }

  /**
   * Starts a portable task on the worker that has the fewest of the pool's.
   *
   * @throws As `spawn` does.
   */
  spawnPinned<A extends unknown[], T, G extends A>(
    task: PortableTask<A, T>,
    ...args: SendArguments<G>
  ): JoinHandle<TaskValue<T>> {
    const fewest = Math.min(...this.#loads);
    return this.spawnPinnedByIndex(this.#loads.indexOf(fewest), task, ...args);
  }

  /**
   * Starts a portable task on the worker of that index, from 0.
   *
   * @throws {RangeError} If the pool has no such worker. For the rest as `spawn` does.
   */
  spawnPinnedByIndex<A extends unknown[], T, G extends A>(
    index: number,
    task: PortableTask<A, T>,
    ...args: SendArguments<G>
  ): JoinHandle<TaskValue<T>> {
    const action = "spawn pinned task";
    checkWhole(action, "index", index, 0, this.size - 1);
    if (!isPortable(task)) throw unexpected(action, "a portable task", task);
    const handle = task[start](this.#thread, args, KIND_PINNED, index);
    this.#count(index, handle);
    return handle as JoinHandle<TaskValue<T>>;
  }

  #count(index: number, handle: JoinHandle<unknown>): void {
    if (handle.isFinished) return;
    this.#add(index, 1);
    handle.join(new EndObserver(() => this.#add(index, -1)));
  }

  #add(index: number, count: number): void {
    this.#loads[index] = (this.#loads[index] as number) + count;
  }
}
