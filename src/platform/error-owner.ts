/**
 * Which socket an error belongs to.
 *
 * @module
 */

import { NetError } from "../error/net-error.ts";
import type { SocketBackend } from "../net/backend.ts";

/** Whose error it is: two sockets of a program may fail with the same code. */
const owners = new WeakMap<Error, SocketBackend>();

/** Notes that `error` is one of `socket`, and returns it. */
export function errorOf(socket: SocketBackend, error: NetError): NetError {
  owners.set(error, socket);
  return error;
}

/** True for what a call on `socket` has thrown. */
export function isErrorOf(socket: SocketBackend, error: unknown): boolean {
  return error instanceof NetError && owners.get(error) === socket;
}
