/**
 * Values as tasks carry them from thread to thread.
 *
 * @module
 */

/** A value as a task carries it. Whoever gets one must release the block, or hand it on. */
export interface Encoded {
  /** How to read the rest. Only `codec.ts` knows. */
  readonly kind: number;
  /** A block of the runtime's heap, or 0. */
  readonly block: number;
  /** How many bytes of the block are used. */
  readonly size: number;
  /** The value itself, if it is one number. */
  readonly number: number;
}

/** The kind of `undefined`. */
export const UNDEFINED = 0;

/** `undefined`. */
export const NOTHING: Encoded = { kind: UNDEFINED, block: 0, size: 0, number: 0 };
