/**
 * The typed arrays that guests take and give.
 *
 * @module
 */

/** By their names in TypeScript. */
export const ARRAYS = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
  Float32Array,
  Float64Array,
} as const;

/** The name of one. */
export type GuestArrayType = keyof typeof ARRAYS;

/** Is it the name of one? */
export function isArrayType(name: string): name is GuestArrayType {
  return Object.hasOwn(ARRAYS, name);
}
