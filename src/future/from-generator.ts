/**
 * Generators as futures: code that waits with `yield*`, polled like anything else.
 *
 * @module
 */

import { unexpected } from "../error/check.ts";
import { fromPromise } from "./from-promise.ts";
import { Future, PENDING, type Pending, type Waker } from "./future.ts";

/** What a generator may yield, by `yield*` or bare. */
export type Yielded = Future<unknown> | PromiseLike<unknown>;
/** A generator that returns `T` and waits for futures on the way. */
export type FutureGenerator<T> = Generator<Yielded, T, unknown>;

/**
 * Makes a future of a generator. Unlike a task it has no life of its own: it goes on only while it
 * is polled.
 *
 * **Cancel safety.** The wait is given up and the `finally` blocks run; should those wait in their
 * turn, they are given up there.
 *
 * @throws {TypeError} If given something else, such as the generator function itself.
 */
export function fromGenerator<T>(generator: FutureGenerator<T>): Future<T> {
  if (typeof generator?.next === "function") return new GeneratorFuture(generator);
  throw unexpected("make future", "a generator", generator);
}

/**
 * What a generator has yielded, as a future.
 *
 * @throws {TypeError} If it cannot be waited for.
 */
export function asFuture(value: Yielded): Future<unknown> {
  if (value instanceof Future) return value;
  if (typeof (value as PromiseLike<unknown> | undefined)?.then === "function") {
    return fromPromise(value);
  }
  throw new TypeError(`Cannot wait in task: yield* takes a future, got ${String(value)}`);
}

class GeneratorFuture<T> extends Future<T> {
  readonly #generator: FutureGenerator<T>;
  /** What the generator waits for. */
  #waiting: Future<unknown> | undefined;

  constructor(generator: FutureGenerator<T>) {
    super();
    this.#generator = generator;
  }

  override poll(waker: Waker): T | Pending {
    let step = this.#waiting === undefined ? this.#generator.next() : undefined;
    // Ends when the generator does, or when what it yields has to wait.
    for (;;) {
      if (step?.done) return step.value;
      if (step !== undefined) this.#waiting = asFuture(step.value);
      step = this.#goOn(this.#waiting as Future<unknown>, waker);
      if (step === undefined) return PENDING;
    }
  }

  override [Symbol.dispose](): void {
    this.#waiting?.[Symbol.dispose]();
    this.#waiting = undefined;
    this.#generator.return(undefined as T);
  }

  /** Polls what the generator waits for, and gives it what came of it. */
  #goOn(waiting: Future<unknown>, waker: Waker): IteratorResult<Yielded, T> | undefined {
    let value: unknown;
    try {
      value = waiting.poll(waker);
    } catch (reason) {
      this.#waiting = undefined;
      return this.#generator.throw(reason);
    }
    if (value === PENDING) return undefined;
    this.#waiting = undefined;
    return this.#generator.next(value);
  }
}
