/**
 * The error for using what has been closed.
 *
 * @module
 */

/** Thrown by an operation on something that was closed, disposed or shut down. */
export class ClosedError extends Error {
  static {
    this.prototype.name = "ClosedError";
  }
}
