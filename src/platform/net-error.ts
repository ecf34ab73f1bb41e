/**
 * Errors of socket calls, alike for all reactors.
 *
 * @module
 */

import { getSystemErrorMap } from "node:util";
import { NetError } from "../error/net-error.ts";
import type { Endpoint } from "../net/backend.ts";

/**
 * What Node would say of a failed call.
 *
 * @param errno The system's number for the failure, positive.
 */
export function netError(syscall: string, errno: number, at?: Endpoint, cause?: unknown): NetError {
  const [code, text] = getSystemErrorMap().get(-errno) ?? [`E${errno}`, "unknown error"];
  return new NetError({
    code,
    errno: -errno,
    syscall,
    address: at?.address,
    port: at?.port,
    // As Node does: a refused address is explained, a refused connection speaks for itself.
    text: syscall === "listen" ? text : undefined,
    cause,
  });
}

/**
 * Ours in place of Node's, which becomes its cause.
 *
 * @param call The call that failed, if Node names another.
 */
export function fromNodeError(
  error: NodeJS.ErrnoException,
  at?: Endpoint,
  call = error.syscall,
): NetError {
  const { code = "UNKNOWN", errno = 0 } = error;
  const syscall = call ?? "unknown";
  return new NetError({
    code,
    errno,
    syscall,
    address: at?.address,
    port: at?.port,
    text: syscall === "listen" ? getSystemErrorMap().get(errno)?.[1] : undefined,
    cause: error,
  });
}
