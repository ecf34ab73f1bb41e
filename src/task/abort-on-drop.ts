/**
 * Handles that abort their task as they are disposed.
 *
 * @module
 */

import { checkMade } from "../error/check.ts";
import { ClosedError } from "../error/closed.ts";
import { Future, type Pending, type Waker } from "../future/future.ts";
import type { AbortHandle, JoinHandle } from "./join-handle.ts";

/**
 * A join handle whose task ends with the wait for it: what disposes of it, such as a `using` at the
 * end of its block or a `timeout` that elapses, aborts the task.
 *
 * @example
 * ```ts
 * const work = spawn(() => sleep(60_000));
 * await timeout(1, new AbortOnDropHandle(work)).catch(() => {});
 * console.log(await work.catch((error) => error.isCancelled)); // true
 * ```
 */
export class AbortOnDropHandle<T> extends Future<T> {
  /** Undefined once it was detached. */
  #task: JoinHandle<T> | undefined;
  /** Its place among those who wait for the task: one, whoever asks. */
  readonly #wait: Future<T>;

  /** @param task Its task is aborted with this handle. */
  constructor(task: JoinHandle<T>) {
    super();
    this.#task = checkMade("AbortOnDropHandle", task, "a JoinHandle");
    this.#wait = task.oneWait();
  }

  /** Has the task ended? */
  get isFinished(): boolean {
    return this.#open("look at task").isFinished;
  }

  /** Asks the task to end; see `JoinHandle.abort`. */
  abort(): void {
    this.#open("abort task").abort();
  }

  /** A handle that can abort the task, to be given to somebody else. */
  abortHandle(): AbortHandle {
    return this.#open("make handle").abortHandle();
  }

  /** Gives the join handle back: the task goes on whatever becomes of this one. */
  detach(): JoinHandle<T> {
    const task = this.#open("detach handle");
    this.#task = undefined;
    this.#wait[Symbol.dispose]();
    return task;
  }

  /** Asks for the task's value, as the join handle does. */
  override poll(waker: Waker): T | Pending {
    this.#open("join task");
    return this.#wait.poll(waker);
  }

  /** Aborts the task. */
  override [Symbol.dispose](): void {
    this.#task?.abort();
    this.#wait[Symbol.dispose]();
  }

  #open(action: string): JoinHandle<T> {
    if (this.#task !== undefined) return this.#task;
    throw new ClosedError(`Cannot ${action}: the handle was detached`);
  }
}

/** An abort handle that aborts its task as it is disposed. */
export class AbortOnDrop implements Disposable {
  readonly #task: AbortHandle;
  #isDetached = false;

  /** @param task Its task is aborted with this handle. */
  constructor(task: AbortHandle) {
    this.#task = checkMade("AbortOnDrop", task, "JoinHandle.abortHandle");
  }

  /** Has the task ended? */
  get isFinished(): boolean {
    return this.#task.isFinished;
  }

  /** Asks the task to end; see `JoinHandle.abort`. */
  abort(): void {
    this.#task.abort();
  }

  /** Gives the abort handle back: the task goes on whatever becomes of this one. */
  detach(): AbortHandle {
    this.#isDetached = true;
    return this.#task;
  }

  /** Aborts the task. */
  [Symbol.dispose](): void {
    if (!this.#isDetached) this.#task.abort();
  }
}
