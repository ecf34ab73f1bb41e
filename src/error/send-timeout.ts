/**
 * The error for a message that found no room in time.
 *
 * @module
 */

import { ElapsedError } from "./elapsed.ts";

/** Thrown by `sendTimeout` if the time runs out before there is room. */
export class SendTimeoutError<T = unknown> extends ElapsedError {
  static {
    this.prototype.name = "SendTimeoutError";
  }

  /** What was not sent. */
  readonly value: T;

  /** @param afterMs How long was waited, in milliseconds. */
  constructor(value: T, afterMs: number) {
    super(afterMs);
    this.value = value;
  }
}
