/**
 * Small arrays of bytes, cut from larger buffers, as Node's `Buffer` has them: to make a buffer for
 * each takes several times as long as to fill it.
 *
 * @module
 */

/** How long a buffer is that others are cut from. A guess: longer ones are hardly faster. */
const POOL_BYTES = 64 * 1024;

/** The longest array that is cut from one: so little is left of each. */
const CUT_MAX = POOL_BYTES / 16;

let pool = new ArrayBuffer(0);
let next = 0;

/** An array of so many zeros, or of what somebody has written into the pool. */
export function cutBytes(size: number): Uint8Array {
  if (size > CUT_MAX) return new Uint8Array(size);
  // One that somebody has transferred is empty.
  if (next + size > pool.byteLength) {
    pool = new ArrayBuffer(POOL_BYTES);
    next = 0;
  }
  const bytes = new Uint8Array(pool, next, size);
  next += (size + 7) & ~7; // So that numbers of any size may be read where an array begins.
  return bytes;
}
