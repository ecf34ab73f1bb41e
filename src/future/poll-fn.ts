/**
 * The smallest futures: of a function, of a value, of nothing.
 *
 * @module
 */

import { checkHook, unexpected } from "../error/check.ts";
import { Future, PENDING, type Pending, type Waker } from "./future.ts";

/**
 * Makes a future of a function that is called at each poll.
 *
 * **Cancel safety.** `giveUp` decides, which is called at most once, if the future is disposed
 * before there is a value.
 *
 * @param poll Returns the value, or `PENDING` once it has arranged for the waker of this call to be
 * called. Throws if the future fails.
 *
 * @example A future that lets everybody else go first
 * ```ts
 * let asked = false;
 * const later = pollFn((waker) => {
 *   if (asked) return "now";
 *   asked = true;
 *   waker.defer();
 *   return PENDING;
 * });
 * console.log(await later); // now
 * ```
 */
export function pollFn<T>(poll: (waker: Waker) => T | Pending, giveUp?: () => void): Future<T> {
  if (typeof poll !== "function") throw unexpected("make future", "a function", poll);
  return new PollFn(poll, checkHook("make future", "giveUp", giveUp));
}

/**
 * A future that has its value already.
 *
 * **Cancel safety.** Nothing is lost.
 */
export function ready<T>(value: T): Future<T> {
  return new PollFn(() => value, undefined);
}

/**
 * A future that never has a value.
 *
 * **Cancel safety.** Nothing is lost.
 */
export function pending<T = never>(): Future<T> {
  return new PollFn<T>(() => PENDING, undefined);
}

/**
 * A future that only lends another one: when it is given up, as by a lost `select`, the other is
 * not, and can be waited for again.
 *
 * **Cancel safety.** Nothing is lost. Who has lent a future disposes it in the end.
 *
 * @example Work that goes on from one round of a loop to the next
 * ```ts
 * const work = co(function* () {
 *   yield* sleep(5);
 *   return "done";
 * });
 * for (;;) {
 *   const won = await select({ work: byRef(work), tick: sleep(1) });
 *   if (won.key === "tick") continue;
 *   console.log(won.value); // done
 *   break;
 * }
 * ```
 */
export function byRef<T>(future: Future<T>): Future<T> {
  if (!(future instanceof Future)) throw unexpected("lend future", "a future", future);
  const wait = future.oneWait();
  // Giving up one wait of several leaves the future as it is.
  if (wait !== future) return wait;
  return new PollFn((waker) => future.poll(waker), undefined);
}

class PollFn<T> extends Future<T> {
  readonly #poll: (waker: Waker) => T | Pending;
  /** Undefined once there is nothing to give up. */
  #giveUp: (() => void) | undefined;

  constructor(poll: (waker: Waker) => T | Pending, giveUp: (() => void) | undefined) {
    super();
    this.#poll = poll;
    this.#giveUp = giveUp;
  }

  override poll(waker: Waker): T | Pending {
    try {
      const value = this.#poll(waker);
      if (value !== PENDING) this.#giveUp = undefined;
      return value;
    } catch (reason) {
      this.#giveUp = undefined;
      throw reason;
    }
  }

  override [Symbol.dispose](): void {
    const giveUp = this.#giveUp;
    this.#giveUp = undefined;
    giveUp?.();
  }
}
