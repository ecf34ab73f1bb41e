/**
 * The handle of a spawned task: to wait for its value, and to abort it.
 *
 * @module
 */

import { context } from "../core/context.ts";
import { checkMade } from "../error/check.ts";
import { Future } from "../future/future.ts";
import { PENDING, type Pending, type Waker } from "../future/waker.ts";
import type { Joinable } from "./outcome.ts";

/** Aborts a task; cannot wait for it. */
export class AbortHandle {
  readonly #task: Joinable<unknown>;

  /** @internal */
  constructor(task: Joinable<unknown>) {
    this.#task = checkMade("AbortHandle", task, "JoinHandle.abortHandle");
  }

  /** The task's number. */
  get id(): number {
    return this.#task.id;
  }

  /** The name that the task was spawned with. */
  get name(): string | undefined {
    return this.#task.name;
  }

  /** Has the task ended? */
  get isFinished(): boolean {
    return this.#task.isFinished;
  }

  /** Asks the task to end; see {@linkcode JoinHandle.abort}. */
  abort(): void {
    this.#task.abort();
  }
}

/** What a handle refers to. For the rooms that join tasks in ways of their own. */
export let joinableOf: <T>(handle: JoinHandle<T>) => Joinable<T>;

/**
 * What `spawn` returns. Await it for the task's value; drop it and the task runs on.
 *
 * It may be awaited more than once, and by several tasks.
 *
 * @example Waiting for a value
 * ```ts
 * const handle = spawn(async () => 6 * 7);
 * console.log(await handle); // 42
 * ```
 */
export class JoinHandle<T> extends Future<T> {
  static {
    joinableOf = (handle) => handle.#task;
  }

  readonly #task: Joinable<T>;
  /** Who polled last and still waits. */
  #waker: Waker | undefined;
  /** Several wait through this handle: it cannot tell which of them gives up, so all stay. */
  #isShared = false;

  /** @internal */
  constructor(task: Joinable<T>) {
    super();
    this.#task = checkMade("JoinHandle", task, "spawn");
  }

  /** The task's number: no other task of the runtime has it. */
  get id(): number {
    return this.#task.id;
  }

  /** The name that the task was spawned with. */
  get name(): string | undefined {
    return this.#task.name;
  }

  /** Has the task ended, so that `await` would answer at once? */
  get isFinished(): boolean {
    return this.#task.isFinished;
  }

  /**
   * Asks the task to end at its next wait, where its `finally` and `using` run. Returns before it
   * has: await the handle to know. No effect on a task that has ended.
   *
   * A task that is running now, and ends without waiting again, still returns its value.
   */
  abort(): void {
    this.#task.abort();
  }

  /** A handle that can abort the task, to be given to somebody else. */
  abortHandle(): AbortHandle {
    return new AbortHandle(this.#task as Joinable<unknown>);
  }

  /** Lets the task run on with nobody waiting: should it fail, that is not reported either. */
  detach(): void {
    this.#task.observe();
    this[Symbol.dispose]();
  }

  /**
   * The task's value.
   *
   * **Cancel safety.** Giving up the wait leaves the task running; wait again later.
   *
   * @throws {JoinError} If the task threw, was aborted, or lost its worker.
   */
  override poll(waker: Waker): T | Pending {
    // The budget is that of whoever waits, which may be another runtime's.
    if (this.#task.isFinished && !context().thread.takeBudget(waker)) return PENDING;
    if (this.#waker !== undefined && this.#waker !== waker) this.#isShared = true;
    const value = this.#task.join(waker);
    this.#waker = value === PENDING ? waker : undefined;
    return value;
  }

  /** Gives up waiting. The task runs on: dropping a handle detaches the task. */
  override [Symbol.dispose](): void {
    if (this.#waker !== undefined && !this.#isShared) this.#task.leave(this.#waker);
    this.#waker = undefined;
  }
}
