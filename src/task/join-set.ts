/**
 * Tasks that belong together: joined as they end, aborted as one.
 *
 * @module
 */

import { unexpected } from "../error/check.ts";
import { JoinGroup } from "./join-group.ts";
import { EndObserver, type JoinHandle } from "./join-handle.ts";
import type { TaskBody } from "./spawn.ts";

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
export class JoinSet<T> extends JoinGroup<T> {
  /** Tasks that run, with who waits for each. */
  readonly #running = new Map<JoinHandle<T>, EndObserver>();
  /** Tasks that have ended and were not collected, the earliest first. A set keeps its order. */
  readonly #ended = new Set<JoinHandle<T>>();

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

  override get size(): number {
    return this.#running.size + this.#ended.size;
  }

  protected override tasks(): JoinHandle<T>[] {
    return [...this.#running.keys(), ...this.#ended];
  }

  protected override get hasEnded(): boolean {
    return this.#ended.size > 0;
  }

  override take(): JoinHandle<T> | undefined {
    const [task] = this.#ended;
    if (task !== undefined) this.#ended.delete(task);
    return task;
  }

  protected override hold(task: JoinHandle<T>): void {
    if (task.isFinished) {
      this.#onEnd(task);
      return;
    }
    const observer = new EndObserver(() => this.#onEnd(task));
    this.#running.set(task, observer);
    task.join(observer);
  }

  protected override clear(): void {
    for (const [task, observer] of this.#running) task.leave(observer);
    this.#running.clear();
    this.#ended.clear();
  }

  #onEnd(task: JoinHandle<T>): void {
    this.#running.delete(task);
    this.#ended.add(task);
    this.line.wakeAll();
  }
}
