/**
 * Futures polled by hand.
 *
 * @module
 */

import { type Context, context, runInside } from "../core/context.ts";
import type { Continuation, Thread } from "../core/thread.ts";
import { unexpected } from "../error/check.ts";
import { Bridges } from "../future/bridges.ts";
import { Future, PENDING, type Pending, type Waker } from "../future/future.ts";

/** So many polls in a row, and a future that wakes itself is taken for one that never stops. */
const IDLE_POLLS_MAX = 150;

/**
 * Takes a future into one's own hands: nothing polls it but {@linkcode TestTask.poll}.
 *
 * @throws {TypeError} If it is no future.
 */
export function task<T>(future: Future<T>): TestTask<T> {
  if (!(future instanceof Future)) throw unexpected("make test task", "a future", future);
  return new TestTask(future);
}

/**
 * A future that is polled by hand, and counts how often it is woken; made by {@linkcode task}.
 *
 * @example
 * ```ts
 * import { task } from "tokiwa/test";
 *
 * const signal = new Notify();
 * using waiting = task(signal.notified());
 * assertPending(waiting.poll());
 * console.log(waiting.isWoken); // false
 * signal.notifyOne();
 * console.log(waiting.isWoken); // true
 * assertReady(waiting.poll());
 * ```
 */
export class TestTask<T> implements Waker, Continuation, Disposable {
  readonly #future: Future<T>;
  readonly #here: Context;
  /** How it is known to the core, in its own runtime as in others. */
  readonly #bridges = new Bridges(this);
  /** Where the future waits. */
  readonly #threads = new Set<Thread>();
  #wakes = 0;
  #wakesSeen = 0;

  /** For {@linkcode task}. */
  constructor(future: Future<T>) {
    this.#future = future;
    this.#here = context();
  }

  /**
   * Polls the future once, with the cooperation budget of a new poll: its value, or `PENDING`.
   * Throws if the future fails.
   */
  poll(): T | Pending {
    this.#wakesSeen = this.#wakes;
    const { thread } = this.#here;
    thread.refillBudget();
    const value = runInside(this.#here, () => this.#future.poll(this));
    if (value !== PENDING) this.#bridges.remove();
    return value;
  }

  /**
   * Polls the future, and again for as long as it is woken meanwhile.
   *
   * @throws {Error} If it is still woken after 150 polls.
   */
  pollUntilIdle(): T | Pending {
    for (let polls = 0; polls < IDLE_POLLS_MAX; polls++) {
      const value = this.poll();
      if (value !== PENDING || !this.isWoken) return value;
    }
    throw new Error(`Cannot poll until idle: still woken after ${IDLE_POLLS_MAX} polls`);
  }

  /** Has the future been woken since it was polled? */
  get isWoken(): boolean {
    return this.wakes > this.#wakesSeen;
  }

  /**
   * How often the future was woken so far. To tell, the runtime that it waits in takes a turn:
   * timers that are due fire, and generator tasks that are ready go on.
   */
  get wakes(): number {
    for (const thread of this.#threads) thread.driver.turnOnce();
    return this.#wakes;
  }

  /** Gives the future up. */
  [Symbol.dispose](): void {
    this.#bridges.remove();
    this.#future[Symbol.dispose]();
  }

  /** @internal */
  targetOn(thread: Thread): number {
    this.#threads.add(thread);
    return this.#bridges.targetOn(thread);
  }

  /** @internal */
  wake(): void {
    this.#wakes += 1;
  }

  /** @internal */
  resume(): void {
    this.#wakes += 1;
  }

  /** @internal */
  defer(): void {
    const { thread } = this.#here;
    thread.core.defer((this.targetOn(thread) - 1) / 2);
    thread.driver.kick();
  }
}
