/**
 * What the ends of a `oneshot` channel are ends of.
 *
 * @module
 */

import { ClosedError } from "../../error/closed.ts";
import type { Future } from "../../future/future.ts";
import type { Handle } from "../handle.ts";
import type { Intake } from "../medium.ts";

/** The receiver, who is told when there is nothing to come any more. */
export interface OnceReceiver extends Handle {
  readonly isTerminated: boolean;
  terminate(): void;
}

export interface Slot<T> extends Intake<T> {
  /** Sends, and gives the sender up. False if nobody will receive it. */
  send(sender: Handle, value: T): boolean;
  receive(receiver: OnceReceiver): Future<T>;
}

/** Ends a wait for which nothing comes. */
export function refuse(receiver: OnceReceiver): never {
  receiver.terminate();
  throw new ClosedError("Cannot receive: the sender is gone, and there is no message");
}
