/**
 * Futures that a signal can end.
 *
 * @module
 */

import { listen, unlisten } from "../core/abort-line.ts";
import { checkOptions, checkSignal } from "../error/check.ts";
import { endedFuture } from "./failures.ts";
import { Future, PENDING, type Pending, type Waker } from "./future.ts";

/** How to wait. */
export interface WaitOptions {
  /**
   * Gives the wait up when it aborts: what is waited for then fails with the signal's reason. It
   * has no effect once there is a value.
   */
  readonly signal?: AbortSignal | undefined;
}

/** The same future, or one that `options.signal` can end. */
export function withSignal<T>(
  action: string,
  future: Future<T>,
  options: WaitOptions | undefined,
): Future<T> {
  if (options === undefined) return future;
  const signal = checkSignal(action, checkOptions(action, options, ["signal"]).signal);
  return signal === undefined ? future : new Abortable(future, signal);
}

class Abortable<T> extends Future<T> {
  readonly #inner: Future<T>;
  readonly #signal: AbortSignal;
  /** Who asked last; set while the signal is listened to. */
  #waker: Waker | undefined;
  readonly #onAbort = () => this.#waker?.wake();
  #isGivenUp = false;

  constructor(inner: Future<T>, signal: AbortSignal) {
    super();
    this.#inner = inner;
    this.#signal = signal;
  }

  override poll(waker: Waker): T | Pending {
    // What has come before the abort is not lost; but nothing begins after it.
    if (this.#waker === undefined) this.#throwIfAborted();
    const value = this.#pollInner(waker);
    if (value !== PENDING) {
      this.#unlisten();
      return value;
    }
    this.#throwIfAborted();
    // By what it waits for itself: then nobody is to be told.
    if (this.#isGivenUp) throw endedFuture();
    if (this.#waker === undefined) listen(this.#signal, this.#onAbort);
    this.#waker = waker;
    return PENDING;
  }

  override [Symbol.dispose](): void {
    this.#isGivenUp = true;
    this.#unlisten();
    this.#inner[Symbol.dispose]();
  }

  #pollInner(waker: Waker): T | Pending {
    try {
      return this.#inner.poll(waker);
    } catch (reason) {
      this.#unlisten();
      throw reason;
    }
  }

  #throwIfAborted(): void {
    if (!this.#signal.aborted) return;
    this[Symbol.dispose]();
    throw this.#signal.reason;
  }

  #unlisten(): void {
    if (this.#waker !== undefined) unlisten(this.#signal, this.#onAbort);
    this.#waker = undefined;
  }
}
