/**
 * What the ends of a channel, of any kind, are ends of: where its messages are, and who has ends.
 *
 * A channel without a codec has all that on its worker, in JavaScript; one with a codec has it in
 * the memory that all workers and guests share. Each operation is told by which end it is called,
 * and fails if that was given up.
 *
 * @module
 */

import type { Future } from "../future/future.ts";
import type { Handle, Origin } from "./handle.ts";

/** There is no message now; there may be one later. */
export const Empty: unique symbol = Symbol("empty");
/** There is no message, and none will come. */
export const Disconnected: unique symbol = Symbol("disconnected");

export interface Medium {
  /** What messages are called on the way to other tasks; undefined if they stay on their worker. */
  readonly of: string | undefined;
  /** Equal for all ends of one channel, and for no others of the same thread. */
  identity(end: Handle, action: string): unknown;
  /** Will nobody send, or nobody take, any more? */
  isClosed(end: Handle): boolean;
  /** Waits until nobody will take. */
  closed(end: Handle): Future<void>;
  senders(end: Handle): number;
  weakSenders(end: Handle): number;
  addSender(end: Handle): Origin;
  addWeakSender(end: Handle): Origin;
  /** A sender for one who has a weak one; undefined if there is none any more. */
  upgrade(end: Handle): Origin | undefined;
}

/** One that messages are taken out of, each by the one receiver. */
export interface Intake<T> extends Medium {
  /** How many messages are there. */
  length(end: Handle): number;
  /** Refuses what is not promised yet. */
  close(end: Handle): void;
  tryReceive(end: Handle): T | typeof Empty | typeof Disconnected;
}
