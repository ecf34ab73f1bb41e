/**
 * Receivers as async iterables.
 *
 * @module
 */

import { context, mayTakeNow } from "../core/context.ts";
import { type Future, PENDING } from "../future/future.ts";

/** The end of what comes, in the place of something. */
export const END: unique symbol = Symbol("end");

/**
 * Gives what `next` brings, up to the end.
 *
 * *Why no async function*: it would add a promise and two turns of the microtasks to each message,
 * half again of what the loop takes. What is there at once needs one promise only.
 */
export function iterate<T>(next: () => Future<T | typeof END>): AsyncIterator<T, undefined> {
  return {
    next: () => {
      const future = next();
      try {
        const value = mayTakeNow(context()) ? future.pollNow() : PENDING;
        if (value !== PENDING) return Promise.resolve(resultOf(value));
      } catch (reason) {
        return Promise.reject(reason);
      }
      return new Promise((resolve, reject) => {
        future.then((value) => resolve(resultOf(value)), reject);
      });
    },
  };
}

function resultOf<T>(value: T | typeof END): IteratorResult<T, undefined> {
  return value === END ? { done: true, value: undefined } : { done: false, value };
}
