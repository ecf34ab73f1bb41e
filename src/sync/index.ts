/**
 * Coordination: channels, semaphores and signals, between tasks of all workers and guests.
 *
 * @module
 */

import "../runtime/default.ts";

import * as broadcast from "./broadcast.ts";
import * as mpsc from "./mpsc.ts";
import * as oneshot from "./oneshot.ts";
import * as watch from "./watch.ts";

export { LaggedError } from "../error/lagged.ts";
export { SendError } from "../error/send.ts";
export { SendTimeoutError } from "../error/send-timeout.ts";
export type { WaitOptions } from "../future/with-signal.ts";
export { Barrier, type BarrierWaitResult } from "./barrier.ts";
export { CancellationToken, DropGuard } from "./cancellation-token.ts";
export { codec } from "./codec.ts";
export type { Codec } from "./message.ts";
export { MappedMutexGuard, Mutex, MutexGuard } from "./mutex.ts";
export { Notified, Notify } from "./notify.ts";
export { OnceCell } from "./once-cell.ts";
export {
  RwLock,
  RwLockMappedWriteGuard,
  type RwLockOptions,
  RwLockReadGuard,
  RwLockWriteGuard,
} from "./rwlock.ts";
export { Semaphore, SemaphorePermit } from "./semaphore.ts";
export { SetOnce } from "./set-once.ts";
export { broadcast, mpsc, oneshot, watch };
