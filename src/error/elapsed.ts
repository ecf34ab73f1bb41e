/**
 * The error of a `timeout` whose time ran out.
 *
 * @module
 */

/** Thrown by `timeout` and `timeoutAt` when the deadline comes before the value. */
export class ElapsedError extends Error {
  static {
    this.prototype.name = "ElapsedError";
  }

  /** How long was waited for the value, in whole milliseconds. */
  readonly afterMs: number;

  /** @param afterMs How long was waited, in milliseconds. */
  constructor(afterMs: number) {
    super(`Cannot wait longer: ${afterMs} ms have passed`);
    this.afterMs = afterMs;
  }
}
