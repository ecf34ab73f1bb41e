/**
 * The errors that tokiwa throws for callers to catch.
 *
 * @module
 */

export { CancelledError } from "./cancelled.ts";
export { ClosedError } from "./closed.ts";
export { CoreFault } from "./core-fault.ts";
export { ElapsedError } from "./elapsed.ts";
export { JoinError, type JoinErrorKind, type JoinErrorParts } from "./join-error.ts";
export { LaggedError } from "./lagged.ts";
export { NetError, type NetErrorParts } from "./net-error.ts";
export { NotSendError } from "./not-send.ts";
export { OutOfMemoryError } from "./out-of-memory.ts";
export { ReuniteError } from "./reunite.ts";
export { SendError } from "./send.ts";
export { SendTimeoutError } from "./send-timeout.ts";
export { TaskLocalUnsetError } from "./task-local-unset.ts";
export { UnexpectedEndError } from "./unexpected-end.ts";
export { UnsupportedError } from "./unsupported.ts";
