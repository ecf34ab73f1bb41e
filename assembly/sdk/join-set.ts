/** Tasks that belong together: joined as they end, aborted as one. */
import { AbortHandle, JoinHandle, refuseJoin, spawnBound } from "./task";
import * as core from "./tokiwa";

/**
 * A set of tasks with one type of value, for the task that made it. What is left in it as that one
 * ends is aborted.
 *
 * ```
 * const mirrors = new JoinSet<string>();
 * for (let at = 0; at < 3; at++) mirrors.spawn(fetchFrom, at);
 * const first = mirrors.joinNext()!.join();
 * mirrors.abortAll();
 * ```
 */
@final
export class JoinSet<R> {
  private tasks: Array<JoinHandle<R>> = [];

  /** How many tasks have not been joined, ended or not. */
  get length(): i32 {
    return this.tasks.length;
  }

  /** Have all been joined? */
  get isEmpty(): bool {
    return this.tasks.length == 0;
  }

  /** Starts `fn(argument)` in the set, as `spawn` does. */
  spawn<A>(fn: (argument: A) => R, argument: nonnull<A>): AbortHandle {
    const task = spawnBound<A, R>(fn, argument);
    this.tasks.push(task);
    return task.abortHandle();
  }

  /**
   * Waits until a task has ended, in whatever way, and takes it out of the set: `join` then gives
   * its value at once. `null` if the set is empty. It looks at every task of the set.
   *
   * **Cancel safety.** Nothing is lost: a task is taken out only as it is returned.
   */
  joinNext(): JoinHandle<R> | null {
    if (this.isEmpty) return null;
    return this.take(core.guestJoinAny(this.data, this.length));
  }

  /** A task that has ended already; `null` if there is none. */
  tryJoinNext(): JoinHandle<R> | null {
    for (let index = 0; index < this.length; index++) {
      if (this.tasks[index].isFinished) return this.take(index);
    }
    return null;
  }

  /** Asks every task to end. They stay in the set, to be joined. */
  abortAll(): void {
    for (let index = 0; index < this.tasks.length; index++) this.tasks[index].abort();
  }

  /** Empties the set: its tasks run on by themselves. */
  detachAll(): void {
    while (!this.isEmpty) this.tasks.pop().detach();
  }

  /** Aborts every task, and waits until all have ended. The set is empty then. */
  shutdown(): void {
    this.abortAll();
    while (!this.isEmpty) this.joinNext()!.detach();
  }

  /** Where the handles stand, one behind the other, for the core to read. */
  get data(): usize {
    return this.tasks.dataStart;
  }

  private take(index: u32): JoinHandle<R> {
    const tasks = this.tasks;
    if (<i32>index >= tasks.length) refuseJoin();
    const task = tasks[index];
    const last = tasks.pop();
    if (<i32>index < tasks.length) tasks[index] = last;
    return task;
  }
}
