/**
 * Letting others run.
 *
 * @module
 */

import { context } from "../core/context.ts";
import { unexpected } from "../error/check.ts";
import { co, type FutureGenerator } from "../future/co.ts";
import { Future } from "../future/future.ts";
import { PENDING, type Pending, type Waker } from "../future/waker.ts";

/**
 * Goes to the back of the line once: every other task that is ready runs first, and the event loop
 * looks at its timers and sockets.
 *
 * **Cancel safety.** Nothing is lost.
 *
 * @example A long computation that keeps its worker responsive
 * ```ts
 * let sum = 0;
 * for (let index = 1; index <= 10_000; index++) {
 *   sum += index;
 *   if (index % 1000 === 0) await yieldNow();
 * }
 * console.log(sum); // 50005000
 * ```
 */
export function yieldNow(): Future<void> {
  return new YieldNow();
}

class YieldNow extends Future<void> {
  #yielded = false;

  override poll(waker: Waker): void | Pending {
    if (this.#yielded) return undefined;
    this.#yielded = true;
    waker.defer();
    return PENDING;
  }

  override [Symbol.dispose](): void {}
}

/**
 * Takes one unit of the task's cooperation budget, and goes to the back of the line if none is
 * left. For loops that do much and wait for nothing.
 *
 * **Cancel safety.** Nothing is lost.
 */
export function consumeBudget(): Future<void> {
  return new ConsumeBudget();
}

class ConsumeBudget extends Future<void> {
  override poll(waker: Waker): void | Pending {
    return context().thread.takeBudget(waker) ? undefined : PENDING;
  }

  override [Symbol.dispose](): void {}
}

/** Has the running task any of its cooperation budget left in this poll? */
export function hasBudgetRemaining(): boolean {
  return context().thread.budget > 0;
}

/**
 * Polls a future without a cooperation budget: operations that are ready are never put off.
 *
 * For code that must not be split up; other tasks wait for as long as it stays ready. What it waits
 * for inside an async function of its own has the budget of that function.
 *
 * **Cancel safety.** As that of the future.
 */
export function unconstrained<T>(future: Future<T> | (() => FutureGenerator<T>)): Future<T> {
  if (future instanceof Future) return new Unconstrained(future);
  if (typeof future === "function") return new Unconstrained(co(future()));
  throw unexpected("run unconstrained", "a future or a generator function", future);
}

/** More operations than any poll can make. */
const UNLIMITED = 0x7fffffff;

class Unconstrained<T> extends Future<T> {
  readonly #inner: Future<T>;

  constructor(inner: Future<T>) {
    super();
    this.#inner = inner;
  }

  override poll(waker: Waker): T | Pending {
    const { thread } = context();
    const { budget } = thread;
    thread.budget = UNLIMITED;
    try {
      return this.#inner.poll(waker);
    } finally {
      thread.budget = budget;
    }
  }

  override [Symbol.dispose](): void {
    this.#inner[Symbol.dispose]();
  }
}
