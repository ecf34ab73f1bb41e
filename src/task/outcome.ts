/**
 * How a task ended, and who waits to hear it: what a task and its handles share.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import { CancelledError } from "../error/cancelled.ts";
import { ClosedError } from "../error/closed.ts";
import { JoinError, type JoinErrorKind } from "../error/join-error.ts";
import { PENDING, type Pending, type Waker } from "../future/waker.ts";

/**
 * Is this how a task ends that was told to? In a runtime that shuts down, waits that begin are
 * refused with `ClosedError`.
 */
export function isCancellation(thread: Thread, reason: unknown): boolean {
  return reason instanceof CancelledError || (reason instanceof ClosedError && thread.isShutDown);
}

/** The part of a task that its handles see. It outlives the task. */
export abstract class Joinable<T> {
  /** A number that no other task of the runtime has. */
  readonly id: number;
  readonly name: string | undefined;
  readonly thread: Thread;
  #state: "running" | "ended" | "failed" = "running";
  /**
   * While the task runs, who joins it: mostly nobody or one. Then the value, or the
   * {@linkcode JoinError}. One field, because there may be a million sleeping tasks.
   */
  #joinersOrResult: unknown;
  /** Has anybody been told of a failure, or is anybody going to be? */
  #observed = false;

  constructor(thread: Thread, id: number, name: string | undefined) {
    this.thread = thread;
    this.id = id;
    this.name = name;
    thread.taskHooks?.onTaskSpawn?.({ id, name });
  }

  /** Asks the task to end at its next wait. */
  abstract abort(): void;

  get isFinished(): boolean {
    return this.#state !== "running";
  }

  /** The value, or PENDING with `waker` in line. Throws the JoinError of a task that failed. */
  join(waker: Waker): T | Pending {
    if (this.#state === "running") {
      this.#line(waker);
      return PENDING;
    }
    return this.output();
  }

  /** The value of a task that has ended. Throws the JoinError of one that failed. */
  output(): T {
    this.#observed = true;
    if (this.#state === "failed") throw this.#joinersOrResult;
    return this.#joinersOrResult as T;
  }

  /** Takes `waker` out of the line. */
  leave(waker: Waker): void {
    if (this.#state !== "running") return;
    const joiners = this.#joiners;
    if (joiners === waker) this.#joinersOrResult = undefined;
    else if (Array.isArray(joiners)) {
      this.#joinersOrResult = joiners.filter((joiner) => joiner !== waker);
    }
  }

  /** Says that failures are somebody's business: they are not reported as unhandled. */
  observe(): void {
    this.#observed = true;
  }

  protected succeed(value: T): void {
    const joiners = this.#joiners;
    this.#state = "ended";
    this.#joinersOrResult = value;
    this.#wakeAll(joiners);
  }

  protected fail(kind: JoinErrorKind, cause?: unknown): void {
    const { id, name } = this;
    const joiners = this.#joiners;
    const error = new JoinError({ kind, taskId: id, taskName: name, cause });
    this.#state = "failed";
    this.#joinersOrResult = error;
    // Whoever stands in line is told, though perhaps not before it has its budget again.
    if (joiners !== undefined) this.#observed = true;
    this.#wakeAll(joiners);
    if (kind !== "cancelled" && !this.#observed) this.#reportLater(error);
  }

  /** Whoever is going to join has until the event loop's next turn to do so, as with promises. */
  #reportLater(error: JoinError): void {
    this.thread.driver.defer(() => {
      if (this.#observed) return;
      this.#observed = true;
      this.thread.report(error);
    });
  }

  get #joiners(): Waker | Waker[] | undefined {
    return this.#joinersOrResult as Waker | Waker[] | undefined;
  }

  #line(waker: Waker): void {
    const joiners = this.#joiners;
    if (joiners === undefined || joiners === waker) this.#joinersOrResult = waker;
    else if (!Array.isArray(joiners)) this.#joinersOrResult = [joiners, waker];
    else if (!joiners.includes(waker)) joiners.push(waker);
  }

  #wakeAll(joiners: Waker | Waker[] | undefined): void {
    const { id, name } = this;
    this.thread.taskHooks?.onTaskTerminate?.({ id, name });
    if (joiners === undefined) return;
    if (!Array.isArray(joiners)) {
      joiners.wake();
      return;
    }
    for (const joiner of joiners) joiner.wake();
  }
}
