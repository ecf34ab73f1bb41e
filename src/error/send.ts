/**
 * The error for a message that nobody will receive.
 *
 * @module
 */

import { ClosedError } from "./closed.ts";

/** Thrown by `send` if the receiver is gone, or has closed the channel. */
export class SendError<T = unknown> extends ClosedError {
  static {
    this.prototype.name = "SendError";
  }

  /** What was not sent. */
  readonly value: T;

  constructor(value: T) {
    super("Cannot send: nobody will receive it");
    this.value = value;
  }
}
