/**
 * Sending with a limit to the wait.
 *
 * @module
 */

import { ElapsedError } from "../../error/elapsed.ts";
import { SendTimeoutError } from "../../error/send-timeout.ts";
import { Future, type Pending, type Waker } from "../../future/future.ts";
import { timeout } from "../../time/timeout.ts";

/** `sending` for so many milliseconds at most; then an error that gives the value back. */
export function sendInTime<T>(sending: Future<void>, value: T, ms: number): Future<void> {
  return new InTime(timeout(ms, sending), value);
}

class InTime<T> extends Future<void> {
  readonly #inner: Future<void>;
  readonly #value: T;

  constructor(inner: Future<void>, value: T) {
    super();
    this.#inner = inner;
    this.#value = value;
  }

  override poll(waker: Waker): void | Pending {
    try {
      return this.#inner.poll(waker);
    } catch (reason) {
      if (!(reason instanceof ElapsedError)) throw reason;
      throw new SendTimeoutError(this.#value, reason.afterMs);
    }
  }

  override [Symbol.dispose](): void {
    this.#inner[Symbol.dispose]();
  }
}
