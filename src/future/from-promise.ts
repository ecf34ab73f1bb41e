/**
 * Promises as futures: how what tokiwa did not make takes part in `timeout` and generators.
 *
 * @module
 */

import { CancelledError } from "../error/cancelled.ts";
import { unexpected } from "../error/check.ts";
import { Future, PENDING, type Pending, type Waker } from "./future.ts";
import { Scope } from "./scope.ts";

/** Something to wait for: a future, a promise, or a function that begins one. */
export type Work<T> = PromiseLike<T> | ((signal: AbortSignal) => PromiseLike<T> | T);

/**
 * Makes a future of a promise.
 *
 * **Cancel safety.** A promise cannot be cancelled: when the future is given up, what stands
 * behind the promise goes on, and its value or error is dropped. If the work takes an
 * `AbortSignal`, use {@linkcode fromSignal}.
 */
export function fromPromise<T>(promise: PromiseLike<T>): Future<T> {
  if (promise instanceof Future) return promise;
  if (isThenable(promise)) return new PromiseFuture(promise);
  throw unexpected("make future", "a promise", promise);
}

/**
 * Makes a future of a function, called at the first poll, that begins something cancellable.
 *
 * **Cancel safety.** When the future is given up, the signal aborts. So does the operation of
 * tokiwa that an async function waits for, with `CancelledError`, and its `finally` runs.
 *
 * @param start Gets a signal if it declares a parameter for it, and returns a promise, a future
 * or the value itself.
 *
 * @example A request that ends with the wait for it
 * ```ts
 * const request = fromSignal((signal) => fetch("data:,hello", { signal }));
 * const response = await timeout(500, request);
 * console.log(await response.text()); // hello
 * ```
 */
export function fromSignal<T>(start: (signal: AbortSignal) => PromiseLike<T> | T): Future<T> {
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
  if (work instanceof Future) return work;
  if (typeof work === "function") return new SignalFuture(work);
  if (isThenable<T>(work)) return new PromiseFuture(work);
  throw unexpected(action, "a future, a promise or a function", work);
}

function isThenable<T>(value: unknown): value is PromiseLike<T> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  return typeof (value as Partial<PromiseLike<T>>).then === "function";
}

type Settled<T> = { readonly value: T } | { readonly reason: unknown };

class PromiseFuture<T> extends Future<T> {
  readonly #promise: PromiseLike<T>;
  #subscribed = false;
  #settled: Settled<T> | undefined;
  /** Who asked last; undefined once nobody waits any more. */
  #waker: Waker | undefined;

  constructor(promise: PromiseLike<T>) {
    super();
    this.#promise = promise;
  }

  poll(waker: Waker): T | Pending {
    this.#waker = waker;
    if (!this.#subscribed) this.#subscribe();
    const settled = this.#settled;
    if (settled === undefined) return PENDING;
    this.#waker = undefined;
    if ("reason" in settled) throw settled.reason;
    return settled.value;
  }

  [Symbol.dispose](): void {
    this.#waker = undefined;
  }

  #subscribe(): void {
    this.#subscribed = true;
    this.#promise.then(
      (value) => this.#settle({ value }),
      (reason: unknown) => this.#settle({ reason }),
    );
  }

  #settle(settled: Settled<T>): void {
    this.#settled = settled;
    this.#waker?.wake();
  }
}

class SignalFuture<T> extends Future<T> {
  /** Undefined once it has been called. */
  #start: ((signal: AbortSignal) => PromiseLike<T> | T) | undefined;
  readonly #scope = new Scope();
  #controller: AbortController | undefined;
  /** What was begun and has not ended. */
  #inner: Future<T> | undefined;

  constructor(start: (signal: AbortSignal) => PromiseLike<T> | T) {
    super();
    this.#start = start;
  }

  poll(waker: Waker): T | Pending {
    if (this.#inner === undefined) {
      const begun = this.#begin();
      if (!isThenable<T>(begun)) return begun;
      this.#inner = fromPromise(begun);
    }
    const value = this.#inner.poll(waker);
    if (value !== PENDING) this.#inner = undefined;
    return value;
  }

  [Symbol.dispose](): void {
    const inner = this.#inner;
    this.#start = undefined;
    if (inner === undefined) return;
    this.#inner = undefined;
    inner[Symbol.dispose]();
    const reason = new CancelledError("Cannot go on: nobody waits for this any more");
    this.#controller?.abort(reason);
    this.#scope.abort();
  }

  #begin(): PromiseLike<T> | T {
    const start = this.#start;
    if (start === undefined) throw new Error("Cannot poll future: it has ended");
    this.#start = undefined;
    // A signal costs 2 µs, many times the rest, so it is made for those who ask for it.
    if (start.length > 0) this.#controller = new AbortController();
    return this.#scope.run(() => start(this.#controller?.signal as AbortSignal));
  }
}
