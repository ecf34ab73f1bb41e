/**
 * What can be waited for, as futures: also functions that begin something when they are polled.
 *
 * @module
 */

import { isThenable } from "../core/thenable.ts";
import { CancelledError } from "../error/cancelled.ts";
import { unexpected } from "../error/check.ts";
import { co, type FutureGenerator, isGenerator } from "./co.ts";
import { endedFuture } from "./failures.ts";
import { fromPromise } from "./from-promise.ts";
import { Future, PENDING, type Pending, type Waker } from "./future.ts";
import { TaskPart } from "./part.ts";

/** Begins something: a function, perhaps async or a generator. */
export type Begin<T> = (signal: AbortSignal) => PromiseLike<T> | FutureGenerator<T> | T;

/** Something to wait for: a future, a promise, or a function that begins one. */
export type Work<T> = PromiseLike<T> | Begin<T>;

/**
 * Makes a future of a function, called at the first poll, that begins something cancellable.
 *
 * **Cancel safety.** When the future is given up, the signal aborts. So does the operation of
 * tokiwa that an async function waits for, with `CancelledError`, and its `finally` runs.
 *
 * @param start Gets a signal if it declares a parameter for it, and returns a promise, a future,
 * a generator or the value itself.
 *
 * @example A request that ends with the wait for it
 * ```ts
 * const request = fromSignal((signal) => fetch("data:,hello", { signal }));
 * const response = await timeout(500, request);
 * console.log(await response.text()); // hello
 * ```
 */
export function fromSignal<T>(start: Begin<T>): Future<T> {
  if (typeof start !== "function") throw unexpected("make future", "a function", start);
  return new SignalFuture(start);
}

/**
 * Makes a future of whatever can be waited for.
 *
 * @param action What to call the caller in errors, such as `start timeout`.
 * @throws {TypeError} If `work` is none of them.
 */
export function toFuture<T>(work: Work<T>, action: string): Future<T> {
  if (work instanceof Future) return work.oneWait();
  if (typeof work === "function") return new SignalFuture(work);
  if (isThenable<T>(work)) return fromPromise(work);
  throw unexpected(action, "a future, a promise or a function", work);
}

class SignalFuture<T> extends Future<T> {
  /** Undefined once it has been called. */
  #start: Begin<T> | undefined;
  readonly #part = new TaskPart();
  #controller: AbortController | undefined;
  /** What was begun and has not ended. */
  #inner: Future<T> | undefined;
  #isGivenUp = false;

  constructor(start: Begin<T>) {
    super();
    this.#start = start;
  }

  poll(waker: Waker): T | Pending {
    if (this.#inner === undefined) {
      const begun = this.#begin();
      if (isThenable<T>(begun)) this.#inner = fromPromise(begun);
      else if (isGenerator<T>(begun)) this.#inner = co(begun);
      else if (!this.#isGivenUp) return begun as T;
      else throw endedFuture();
    }
    const value = this.#inner.poll(waker);
    // By what has begun, perhaps when there was nothing yet that could have been told.
    if (this.#isGivenUp) {
      this.#tell();
      throw endedFuture();
    }
    if (value !== PENDING) this.#inner = undefined;
    return value;
  }

  [Symbol.dispose](): void {
    this.#start = undefined;
    this.#isGivenUp = true;
    this.#tell();
  }

  /** Tells what has begun that nobody waits for it any more. */
  #tell(): void {
    const inner = this.#inner;
    if (inner === undefined) return;
    this.#inner = undefined;
    inner[Symbol.dispose]();
    const reason = new CancelledError("Cannot go on: nobody waits for this any more");
    this.#controller?.abort(reason);
    this.#part.abort();
  }

  #begin(): ReturnType<Begin<T>> {
    const start = this.#start;
    if (start === undefined) throw endedFuture();
    this.#start = undefined;
    // A signal costs 2 µs, many times the rest, so it is made for those who ask for it.
    if (start.length > 0) this.#controller = new AbortController();
    return this.#part.run(() => start(this.#controller?.signal as AbortSignal));
  }
}
