/**
 * Assertions about polls and time.
 *
 * @module
 */

import { show } from "../error/check.ts";
import { PENDING, type Pending } from "../future/future.ts";
import { Instant } from "../time/instant.ts";

/** How far {@linkcode assertElapsed} lets the time be beyond what is expected. */
const TOLERANCE_MS = 1;

/**
 * What a poll answered, if it is a value.
 *
 * @throws {Error} If it is `PENDING`.
 */
export function assertReady<T>(polled: T | Pending): T {
  if (polled !== PENDING) return polled;
  throw new Error("Cannot take value: the future is pending");
}

/**
 * What a poll answered, if it is this very value, by `Object.is`.
 *
 * @throws {Error} If it is `PENDING` or another value.
 */
export function assertReadyEq<T>(polled: T | Pending, expected: T): T {
  const value = assertReady(polled);
  if (Object.is(value, expected)) return value;
  throw new Error(`Cannot take value: expected ${show(expected)}, got ${show(value)}`);
}

/**
 * What a poll throws.
 *
 * @param poll Polls, as in `() => waiting.poll()`.
 * @throws {Error} If it answers instead.
 */
export function assertReadyErr(poll: () => unknown): unknown {
  let answer: unknown;
  try {
    answer = poll();
  } catch (reason) {
    return reason;
  }
  const found = answer === PENDING ? "is pending" : `has the value ${show(answer)}`;
  throw new Error(`Cannot take failure: the future ${found}`);
}

/**
 * Makes sure that a poll answered `PENDING`.
 *
 * @throws {Error} If it is a value.
 */
export function assertPending(polled: unknown): asserts polled is Pending {
  if (polled === PENDING) return;
  throw new Error(`Cannot go on: expected a pending future, got the value ${show(polled)}`);
}

/**
 * Makes sure that `ms` milliseconds have passed since `start`, and not a whole one more.
 *
 * @throws {Error} If it is less or more.
 */
export function assertElapsed(start: Instant, ms: number): void {
  const elapsed = Instant.now().since(start);
  if (elapsed >= ms && elapsed < ms + TOLERANCE_MS) return;
  throw new Error(`Cannot go on: expected ${ms} ms to have passed, got ${elapsed} ms`);
}
