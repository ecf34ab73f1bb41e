/**
 * Receivers as async iterables.
 *
 * @module
 */

/** The end of what comes, in the place of something. */
export const END: unique symbol = Symbol("end");

/**
 * Gives what `next` brings, up to the end.
 *
 * *Why no async function*: it would add a promise and two turns of the microtasks to each message,
 * half again of what the loop takes.
 */
export function iterate<T>(next: () => PromiseLike<T | typeof END>): AsyncIterator<T, undefined> {
  return {
    next: () =>
      new Promise((resolve, reject) => {
        next().then((value) => {
          resolve(value === END ? { done: true, value: undefined } : { done: false, value });
        }, reject);
      }),
  };
}
