/**
 * Looks at the buffers that callers pass.
 *
 * @module
 */

/**
 * `bytes`, if they are bytes.
 *
 * @throws {TypeError} If they are not.
 */
export function checkBytes(bytes: Uint8Array, action: string): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  throw new TypeError(`Cannot ${action}: buffer must be a Uint8Array, got ${kindOf(bytes)}`);
}

/**
 * `list`, if it is a list of bytes.
 *
 * @throws {TypeError} If it is not.
 */
export function checkBytesList(list: readonly Uint8Array[], action: string): readonly Uint8Array[] {
  if (!Array.isArray(list)) {
    throw new TypeError(`Cannot ${action}: buffers must be an array, got ${kindOf(list)}`);
  }
  for (const bytes of list) checkBytes(bytes, action);
  return list;
}

function kindOf(value: unknown): string {
  if (value === null || typeof value !== "object") return String(value);
  return value.constructor?.name ?? "an object";
}
