/**
 * Tasks that belong together: joined in the order in which they were spawned.
 *
 * @module
 */

import { JoinGroup } from "./join-group.ts";
import { EndObserver, type JoinHandle } from "./join-handle.ts";

/**
 * A queue of tasks with one type of value.
 *
 * Results come in the order in which the tasks were spawned: one that has ended waits for those
 * before it. A `JoinSet` gives each as it ends. A queue that is disposed of aborts what is left:
 * with `await using`, no task outlives the block.
 *
 * @example
 * ```ts
 * await using pages = new JoinQueue();
 * for (const delay of [20, 1, 10]) {
 *   pages.spawn(async () => {
 *     await sleep(delay);
 *     return delay;
 *   });
 * }
 * console.log(await pages.joinAll()); // [ 20, 1, 10 ]
 * ```
 */
export class JoinQueue<T> extends JoinGroup<T> {
  /** With who waits for each to end, the oldest first. A map keeps its order. */
  readonly #tasks = new Map<JoinHandle<T>, EndObserver>();

  override get size(): number {
    return this.#tasks.size;
  }

  protected override tasks(): JoinHandle<T>[] {
    return [...this.#tasks.keys()];
  }

  protected override get hasEnded(): boolean {
    return this.#oldest()?.isFinished === true;
  }

  override take(): JoinHandle<T> | undefined {
    const task = this.#oldest();
    if (!task?.isFinished) return undefined;
    this.#tasks.delete(task);
    return task;
  }

  protected override hold(task: JoinHandle<T>): void {
    const observer = new EndObserver(() => {
      // Those before it are waited for first, and whoever waits looks on once they have ended.
      if (this.#oldest() === task) this.line.wakeAll();
    });
    this.#tasks.set(task, observer);
    if (!task.isFinished) task.join(observer);
  }

  protected override clear(): void {
    for (const [task, observer] of this.#tasks) task.leave(observer);
    this.#tasks.clear();
  }

  #oldest(): JoinHandle<T> | undefined {
    const [task] = this.#tasks.keys();
    return task;
  }
}
