/**
 * Promises as futures: how what tokiwa did not make takes part in `timeout`, `select` and
 * generators.
 *
 * @module
 */

import { isThenable } from "../core/thenable.ts";
import { unexpected } from "../error/check.ts";
import { Future, PENDING, type Pending, type Waker } from "./future.ts";

/**
 * Makes a future of a promise.
 *
 * However often that is done of one promise, as in a loop of `select`, the promise is listened to
 * once.
 *
 * **Cancel safety.** A promise cannot be cancelled: when the future is given up, what stands
 * behind the promise goes on, and its value or error is dropped. If the work takes an
 * `AbortSignal`, use `fromSignal`.
 */
export function fromPromise<T>(promise: PromiseLike<T>): Future<T> {
  if (promise instanceof Future) return promise;
  if (isThenable<T>(promise)) return new PromiseFuture(promise);
  throw unexpected("make future", "a promise", promise);
}

/**
 * What is known of a promise. A promise keeps every reaction until it settles, and there is no
 * taking one back: futures come and go here instead.
 */
class Listener<T> {
  settled: { readonly value: T } | { readonly reason: unknown } | undefined;
  readonly waiting = new Set<PromiseFuture<T>>();

  constructor(promise: PromiseLike<T>) {
    promise.then(
      (value) => this.#settle({ value }),
      (reason: unknown) => this.#settle({ reason }),
    );
  }

  #settle(settled: NonNullable<Listener<T>["settled"]>): void {
    this.settled = settled;
    for (const future of this.waiting) future.wake();
    this.waiting.clear();
  }
}

const listeners = new WeakMap<PromiseLike<unknown>, Listener<unknown>>();

function listenerOf<T>(promise: PromiseLike<T>): Listener<T> {
  let listener = listeners.get(promise) as Listener<T> | undefined;
  if (listener === undefined) {
    listener = new Listener(promise);
    listeners.set(promise, listener as Listener<unknown>);
  }
  return listener;
}

class PromiseFuture<T> extends Future<T> {
  readonly #promise: PromiseLike<T>;
  #listener: Listener<T> | undefined;
  /** Who asked last. */
  #waker: Waker | undefined;

  constructor(promise: PromiseLike<T>) {
    super();
    this.#promise = promise;
  }

  poll(waker: Waker): T | Pending {
    this.#listener ??= listenerOf(this.#promise);
    const { settled } = this.#listener;
    if (settled === undefined) {
      this.#waker = waker;
      this.#listener.waiting.add(this);
      return PENDING;
    }
    this.#waker = undefined;
    if ("reason" in settled) throw settled.reason;
    return settled.value;
  }

  wake(): void {
    this.#waker?.wake();
  }

  [Symbol.dispose](): void {
    this.#waker = undefined;
    this.#listener?.waiting.delete(this);
  }
}
