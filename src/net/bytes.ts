/**
 * Looks at the buffers that callers pass.
 *
 * @module
 */

import { wrongType } from "../error/check.ts";

/**
 * `bytes`, if they are bytes.
 *
 * @throws {TypeError} If they are not, or are detached: nothing can be read into what is gone.
 */
export function checkBytes(bytes: Uint8Array, action: string): Uint8Array {
  if (!(bytes instanceof Uint8Array)) throw wrongType(action, "buffer", "a Uint8Array", bytes);
  if (bytes.length === 0 && isDetached(bytes.buffer)) {
    throw new TypeError(`Cannot ${action}: the buffer is detached`);
  }
  return bytes;
}

/**
 * `list`, if it is a list of bytes.
 *
 * @throws {TypeError} If it is not.
 */
export function checkBytesList(list: readonly Uint8Array[], action: string): readonly Uint8Array[] {
  if (!Array.isArray(list)) throw wrongType(action, "buffers", "an array", list);
  for (const bytes of list) checkBytes(bytes, action);
  return list;
}

/** Newer engines have a property for it; all refuse to look into such a buffer. */
function isDetached(buffer: ArrayBufferLike): boolean {
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}
