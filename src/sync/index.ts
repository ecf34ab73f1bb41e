/**
 * Coordination: channels, semaphores and signals, between tasks of all workers and guests.
 *
 * @module
 */

import "../runtime/default.ts";

import * as broadcast from "./broadcast.ts";
import * as mpsc from "./mpsc.ts";
import * as oneshot from "./oneshot.ts";

export { LaggedError } from "../error/lagged.ts";
export { SendError } from "../error/send.ts";
export { SendTimeoutError } from "../error/send-timeout.ts";
export type { WaitOptions } from "../future/with-signal.ts";
export { CancellationToken, DropGuard } from "./cancellation-token.ts";
export { codec } from "./codec.ts";
export type { Codec } from "./message.ts";
export { Notify } from "./notify.ts";
export { Semaphore, SemaphorePermit } from "./semaphore.ts";
export { broadcast, mpsc, oneshot };
