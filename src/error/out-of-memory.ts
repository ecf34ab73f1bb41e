/**
 * The error for an operation that finds the runtime's memory full.
 *
 * @module
 */

/**
 * Thrown when the memory that all workers share has no room left. What exists keeps working; the
 * operation that failed has changed nothing. `maxMemory` of the builder sets the size.
 */
export class OutOfMemoryError extends Error {
  static {
    this.prototype.name = "OutOfMemoryError";
  }

  /** @param action What could not be done, such as `arm timer`. */
  constructor(action: string) {
    super(`Cannot ${action}: the runtime's memory is full`);
  }
}
