/**
 * What a platform has to have for calls into the C library.
 *
 * @module
 */

/** What functions take as an address: the bytes of a view. */
export type Bytes = Uint8Array | Uint16Array | Int32Array | Uint32Array | BigUint64Array;

/** C's `int`, `unsigned int`, `size_t`; an address as a number; the address of a view's bytes. */
export type Kind = "int" | "unsigned" | "size" | "address" | "bytes";

/** Calls into the C library, as a platform makes them. */
export interface Ffi {
  /** What it takes, for errors to name. */
  readonly needs: string;
  /**
   * Opens the library for the calling thread.
   *
   * @throws {Error} If it may not be called, or is not there.
   */
  open(): Library;
}

export interface Library {
  /**
   * A function of the library. What it gives is taken for an `int`: `ssize_t` has no more in it
   * here, where no call moves two gigabytes.
   */
  bind(name: string, ...parameters: Kind[]): (...values: (number | Bytes | null)[]) => number;
  /** Why the last call of this thread failed. */
  errno(): number;
  /** Where the bytes of a view are. */
  addressOf(bytes: Bytes): number;
}
