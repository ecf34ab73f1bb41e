/**
 * Generators as futures: code that waits with `yield*`, polled like anything else.
 *
 * @module
 */

import { unexpected } from "../error/check.ts";
import { endedFuture } from "./failures.ts";
import { fromPromise } from "./from-promise.ts";
import { Future, PENDING, type Pending, type Waker } from "./future.ts";
import { pollFn } from "./poll-fn.ts";

/** What a generator may yield, by `yield*` or bare. */
export type Yielded = Future<unknown> | PromiseLike<unknown>;
/** A generator that returns `T` and waits for futures on the way. */
export type FutureGenerator<T> = Generator<Yielded, T, unknown>;

/**
 * Makes a future of a generator: of a generator function, which is called at the first poll, or of
 * what one has returned. It waits with `yield*`. Unlike a task it has no life of its own: it goes
 * on only while it is polled.
 *
 * **Cancel safety.** The wait is given up and the `finally` blocks run; should those wait in their
 * turn, they are given up there.
 *
 * @throws {TypeError} If given something else.
 *
 * @example One deadline for two steps
 * ```ts
 * const steps = co(function* () {
 *   yield* sleep(1);
 *   yield* sleep(1);
 *   return "both";
 * });
 * console.log(await timeout(1000, steps)); // both
 * ```
 */
export function co<T>(body: FutureGenerator<T> | (() => FutureGenerator<T>)): Future<T> {
  if (typeof body === "function" || typeof body?.next === "function") {
    return new GeneratorFuture(body);
  }
  throw unexpected("make future", "a generator or a generator function", body);
}

/** Is it what a generator function returns? */
export function isGenerator<T>(value: unknown): value is FutureGenerator<T> {
  return Object.prototype.toString.call(value) === "[object Generator]";
}

/**
 * What a generator has yielded, as a future: one that fails if that cannot be waited for, so that
 * the generator hears of it where it yields.
 */
export function asFuture(value: Yielded): Future<unknown> {
  if (value instanceof Future) return value;
  if (typeof (value as PromiseLike<unknown> | undefined)?.then === "function") {
    return fromPromise(value);
  }
  return pollFn(() => {
    throw new TypeError(`Cannot wait in task: yield* takes a future, got ${String(value)}`);
  });
}

class GeneratorFuture<T> extends Future<T> {
  /** Before the first poll, perhaps the function that makes the generator. */
  #body: FutureGenerator<T> | (() => FutureGenerator<T>);
  /** What the generator waits for. */
  #waiting: Future<unknown> | undefined;
  /** Given up: by itself, as it was polled, at the end of which it is. */
  #state: "waits" | "polled" | "given up" | "ended" = "waits";

  constructor(body: FutureGenerator<T> | (() => FutureGenerator<T>)) {
    super();
    this.#body = body;
  }

  override poll(waker: Waker): T | Pending {
    if (this.#state === "ended") throw endedFuture();
    this.#state = "polled";
    let value: T | Pending;
    try {
      value = this.#run(waker);
    } catch (reason) {
      this.#state = "ended";
      throw reason;
    }
    if (this.#isGivenUp()) {
      this.#end();
      throw endedFuture();
    }
    this.#state = value === PENDING ? "waits" : "ended";
    return value;
  }

  override [Symbol.dispose](): void {
    if (this.#state === "polled") this.#state = "given up";
    else if (this.#state === "waits") this.#end();
  }

  #isGivenUp(): boolean {
    return this.#state === "given up";
  }

  #end(): void {
    this.#state = "ended";
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.[Symbol.dispose]();
    if (typeof this.#body === "object") this.#body.return(undefined as T);
  }

  #run(waker: Waker): T | Pending {
    const generator = this.#begin();
    let step = this.#waiting === undefined ? generator.next() : undefined;
    // Ends when the generator does, or when what it yields has to wait.
    for (;;) {
      if (step?.done) return step.value;
      if (step !== undefined) this.#waiting = asFuture(step.value).oneWait();
      if (this.#isGivenUp()) return PENDING;
      step = this.#goOn(generator, this.#waiting as Future<unknown>, waker);
      if (step === undefined) return PENDING;
    }
  }

  #begin(): FutureGenerator<T> {
    if (typeof this.#body !== "function") return this.#body;
    const made: unknown = this.#body();
    if (!isGenerator<T>(made)) throw unexpected("make future", "a generator function", this.#body);
    this.#body = made;
    return made;
  }

  /** Polls what the generator waits for, and gives it what came of it. */
  #goOn(
    generator: FutureGenerator<T>,
    waiting: Future<unknown>,
    waker: Waker,
  ): IteratorResult<Yielded, T> | undefined {
    let value: unknown;
    try {
      value = waiting.poll(waker);
    } catch (reason) {
      this.#waiting = undefined;
      return generator.throw(reason);
    }
    if (value === PENDING) return undefined;
    this.#waiting = undefined;
    return generator.next(value);
  }
}
