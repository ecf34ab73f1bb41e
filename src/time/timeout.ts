/**
 * Waiting for something, but not for ever.
 *
 * @module
 */

import { BUDGET_PER_POLL } from "../../assembly/shared/limits.ts";
import type { Thread } from "../core/thread.ts";
import { ElapsedError } from "../error/elapsed.ts";
import { endedFuture } from "../future/failures.ts";
import { Future, PENDING, type Pending, type Waker } from "../future/future.ts";
import { toFuture, type Work } from "../future/work.ts";
import { delayMs } from "./duration.ts";
import { type Instant, msOn } from "./instant.ts";
import { Sleep, timedThread } from "./sleep.ts";

/**
 * Waits for `work` for at most `ms` milliseconds, counted from this call.
 *
 * What is ready by itself wins, however late it is asked. When the time runs out, a future is
 * disposed; a function's signal aborts, and the operation of tokiwa that it waits for fails with
 * `CancelledError`. A promise cannot be cancelled: what stands behind it goes on unheard.
 *
 * **Cancel safety.** As that of `work`.
 *
 * @param ms As for `sleep`: negative is 0, `Infinity` is never.
 * @param work A future, a promise, or a function that returns one; it gets an `AbortSignal` if it
 * declares a parameter for it.
 * @throws {ElapsedError} If the time runs out first.
 * @throws {RangeError} If `ms` is not a number.
 *
 * @example
 * ```ts
 * const page = await timeout(1000, (signal) => fetch("data:,hello", { signal }));
 * console.log(await page.text()); // hello
 * ```
 */
export function timeout<T>(ms: number, work: Work<T>): Future<T> {
  const thread = timedThread("start timeout");
  const limitMs = delayMs(ms, "start timeout");
  return new Timeout(thread, thread.now() + limitMs, limitMs, work);
}

/**
 * Waits for `work` until `deadline`. See {@linkcode timeout}.
 *
 * **Cancel safety.** As that of `work`.
 *
 * @throws {ElapsedError} If the deadline comes first.
 * @throws {TypeError} At once, if `deadline` is not an instant.
 */
export function timeoutAt<T>(deadline: Instant, work: Work<T>): Future<T> {
  const thread = timedThread("start timeout");
  const deadlineMs = msOn(thread, deadline, "start timeout");
  return new Timeout(thread, deadlineMs, Math.max(0, deadlineMs - thread.now()), work);
}

class Timeout<T> extends Future<T> {
  readonly #thread: Thread;
  readonly #inner: Future<T>;
  readonly #sleep: Sleep;
  readonly #limitMs: number;
  #isGivenUp = false;

  constructor(thread: Thread, deadlineMs: number, limitMs: number, work: Work<T>) {
    super();
    this.#thread = thread;
    this.#inner = toFuture(work, "start timeout");
    this.#sleep = new Sleep(thread, deadlineMs);
    this.#limitMs = limitMs;
  }

  poll(waker: Waker): T | Pending {
    const hadBudget = this.#thread.budget > 0;
    const value = this.#pollInner(waker);
    if (value !== PENDING) {
      this.#sleep[Symbol.dispose]();
      return value;
    }
    // By what it waits for itself: then there is nothing to be timed.
    if (this.#isGivenUp) throw endedFuture();
    // A future that always spends the whole budget would otherwise outrun its deadline.
    const starved = hadBudget && this.#thread.budget <= 0;
    try {
      const elapsed = starved ? this.#pollUnconstrained(waker) : this.#sleep.poll(waker);
      if (elapsed === PENDING) return PENDING;
      throw new ElapsedError(Math.round(this.#limitMs));
    } catch (reason) {
      // Also if there is no timer to be had.
      this.#inner[Symbol.dispose]();
      throw reason;
    }
  }

  [Symbol.dispose](): void {
    this.#isGivenUp = true;
    this.#sleep[Symbol.dispose]();
    this.#inner[Symbol.dispose]();
  }

  #pollInner(waker: Waker): T | Pending {
    try {
      return this.#inner.poll(waker);
    } catch (reason) {
      this.#sleep[Symbol.dispose]();
      throw reason;
    }
  }

  #pollUnconstrained(waker: Waker): void | Pending {
    const thread = this.#thread;
    const left = thread.budget;
    thread.budget = BUDGET_PER_POLL;
    try {
      return this.#sleep.poll(waker);
    } finally {
      thread.budget = left;
    }
  }
}
