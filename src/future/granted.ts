/**
 * What was granted to somebody who waits with others, and whom it never reaches.
 *
 * @module
 */

/**
 * Marks guards, permits and the like: given back when nobody gets them, as by a `join` that is
 * given up. Whatever else can be disposed may be somebody's already.
 */
export const granted: unique symbol = Symbol("granted");

/** Gives back what was granted. Other values are left alone. */
export function giveBack(value: unknown): void {
  if (isGranted(value)) value[Symbol.dispose]();
}

function isGranted(value: unknown): value is Disposable {
  return typeof value === "object" && value !== null && granted in value;
}
