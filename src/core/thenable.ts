/**
 * Telling promises, of whatever make, from other values.
 *
 * @module
 */

export function isThenable<T = unknown>(value: unknown): value is PromiseLike<T> {
  return typeof (value as PromiseLike<T> | undefined | null)?.then === "function";
}
