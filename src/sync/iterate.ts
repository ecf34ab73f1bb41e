/**
 * Receivers as async iterables.
 *
 * @module
 */

/** The end of what comes, in the place of something. */
export const END: unique symbol = Symbol("end");

/** Gives what `next` brings, up to the end. */
export function iterate<T>(next: () => PromiseLike<T | typeof END>): AsyncIterator<T, undefined> {
  return {
    next: async () => {
      const value = await next();
      return value === END ? { done: true, value: undefined } : { done: false, value };
    },
  };
}
