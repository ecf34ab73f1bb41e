/**
 * The error inside a task that was aborted.
 *
 * @module
 */

/**
 * Rejects the operation that an aborted async-function task waits for, so that its `finally` and
 * `using` run. Let it pass: a task that catches it and goes on is not stopped again.
 */
export class CancelledError extends Error {
  static {
    this.prototype.name = "CancelledError";
  }
}
