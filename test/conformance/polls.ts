/**
 * Polling by hand.
 *
 * @module
 */
import { PENDING, pollFn, type Waker } from "tokiwa/future";

/** Calls `body` within one poll that has the whole budget. */
export function inOnePoll<T>(body: (waker: Waker) => T): Promise<T> {
  let isFresh = false;
  return Promise.resolve(
    pollFn((waker) => {
      if (isFresh) return body(waker);
      isFresh = true;
      waker.defer();
      return PENDING;
    }),
  );
}
