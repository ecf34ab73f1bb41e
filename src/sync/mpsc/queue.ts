/**
 * What the ends of an `mpsc` channel, with a limit or without, are ends of.
 *
 * @module
 */

import { ClosedError } from "../../error/closed.ts";
import type { Future } from "../../future/future.ts";
import type { Handle, Origin } from "../handle.ts";
import type { Intake } from "../medium.ts";

export interface Queue<T> extends Intake<T> {
  /** How many messages may be sent now; `Infinity` without a limit. */
  capacity(end: Handle): number;
  /** How many there is room for in all; `Infinity` without a limit. */
  maxCapacity(end: Handle): number;
  /** Sends as soon as there is room: whoever gives up has not sent. */
  send(end: Handle, value: T): Future<void>;
  trySend(end: Handle, value: T): "ok" | "full" | "closed";
  /** Waits for so many places, which `make` then gets. */
  reserve<R>(end: Handle, places: number, make: (origin: Origin) => R): Future<R>;
  /** So many places, if they are free now. */
  tryReserve(end: Handle, places: number): Origin | undefined;
  /** Takes one of the places that a permit has for another one. */
  split(permit: Handle): Origin;
  /** Sends to a place that a permit has, which has one less then. */
  sendReserved(permit: Handle, value: T): void;
  /** Gives the next message, or `none` if no more will come. */
  receive<N>(end: Handle, none: N): Future<T | N>;
  /** Puts messages behind others: at least one unless no more will come, and `limit` at most. */
  receiveMany(end: Handle, limit: number, messages: T[]): Future<T[]>;
}

/** The error of whoever asks for places when nobody takes messages any more. */
export function notReceiving(): ClosedError {
  return new ClosedError("Cannot reserve: nobody will receive");
}
