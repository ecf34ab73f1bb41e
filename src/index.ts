/**
 * tokiwa: a work-stealing async runtime whose scheduler lives in WebAssembly.
 *
 * @module
 */

import "./runtime/default.ts";

import * as stream from "./stream/make.ts";
import * as broadcast from "./sync/broadcast.ts";
import * as mpsc from "./sync/mpsc.ts";
import * as oneshot from "./sync/oneshot.ts";
import * as watch from "./sync/watch.ts";

export { CancelledError } from "./error/cancelled.ts";
export { ClosedError } from "./error/closed.ts";
export { CoreFault } from "./error/core-fault.ts";
export { ElapsedError } from "./error/elapsed.ts";
export { JoinError, type JoinErrorKind, type JoinErrorParts } from "./error/join-error.ts";
export { LaggedError } from "./error/lagged.ts";
export { NotSendError } from "./error/not-send.ts";
export { OutOfMemoryError } from "./error/out-of-memory.ts";
export { SendError } from "./error/send.ts";
export { SendTimeoutError } from "./error/send-timeout.ts";
export { TaskLocalUnsetError } from "./error/task-local-unset.ts";
export { UnsupportedError } from "./error/unsupported.ts";
export type { Blockable } from "./future/block-on.ts";
export type { BranchOptions } from "./future/branches.ts";
export { co, type FutureGenerator } from "./future/co.ts";
export { fromPromise } from "./future/from-promise.ts";
export { Future } from "./future/future.ts";
export { join, tryJoin } from "./future/join.ts";
export { byRef, pending, pollFn, ready } from "./future/poll-fn.ts";
export { Scope, scope } from "./future/scope.ts";
export {
  type Branch,
  type Else,
  type Guarded,
  type Selected,
  type SelectOptions,
  select,
} from "./future/select.ts";
export { PENDING, type Pending, type Waker } from "./future/waker.ts";
export type { WaitOptions } from "./future/with-signal.ts";
export { type Begin, fromSignal, type Work } from "./future/work.ts";
export type { GuestCall, GuestFunctions } from "./guest/calls.ts";
export type { LoadOptions } from "./guest/load.ts";
export type { WebWorker } from "./platform/platform.ts";
export { type EnterGuard, Handle } from "./runtime/handle.ts";
export { HistogramMetrics } from "./runtime/histogram-metrics.ts";
export type { ShutdownOptions } from "./runtime/home.ts";
export { type MainOptions, main } from "./runtime/main.ts";
export {
  type GuestMetrics,
  type IoMetrics,
  RuntimeMetrics,
  type SlotMetrics,
} from "./runtime/metrics.ts";
export type {
  BuilderOptions,
  DriverChoice,
  LostWorker,
  MetricsOptions,
  RuntimeFlavor,
  RuntimeHooks,
  TaskMeta,
  ThreadLimits,
  ThreadMeta,
  UnhandledPanic,
} from "./runtime/options.ts";
export { Builder, Runtime } from "./runtime/runtime.ts";
export { TimerWheelMetrics } from "./runtime/timer-wheel-metrics.ts";
export { type RunningTask, WorkerMetrics } from "./runtime/worker-metrics.ts";
export { Closed } from "./stream/limits.ts";
export { type End, type SizeHint, Source } from "./stream/source.ts";
export { ChunksTimeout, Peekable, Stream } from "./stream/stream.ts";
export { StreamMap } from "./stream/stream-map.ts";
export { type Sink, toWritable } from "./stream/web.ts";
export {
  BroadcastStream,
  IntervalStream,
  JoinSetStream,
  ReceiverStream,
  TcpListenerStream,
  WatchStream,
} from "./stream/wrappers.ts";
export { Barrier, type BarrierWaitResult } from "./sync/barrier.ts";
export { CancellationToken, DropGuard } from "./sync/cancellation-token.ts";
export { codec } from "./sync/codec.ts";
export { END } from "./sync/iterate.ts";
export type { Codec } from "./sync/message.ts";
export { MappedMutexGuard, Mutex, MutexGuard } from "./sync/mutex.ts";
export { Notify } from "./sync/notify.ts";
export { OnceCell } from "./sync/once-cell.ts";
export {
  RwLock,
  RwLockMappedWriteGuard,
  type RwLockOptions,
  RwLockReadGuard,
  RwLockWriteGuard,
} from "./sync/rwlock.ts";
export { Semaphore, SemaphorePermit } from "./sync/semaphore.ts";
export { SetOnce } from "./sync/set-once.ts";
export { AbortOnDrop, AbortOnDropHandle } from "./task/abort-on-drop.ts";
export { taskId, taskName, tryTaskId, workerIndex } from "./task/current.ts";
export type { TaskGenerator } from "./task/generator-task.ts";
export type { GuestTask } from "./task/guest-task.ts";
export type { Settled } from "./task/join-group.ts";
export { AbortHandle, JoinHandle } from "./task/join-handle.ts";
export { JoinMap } from "./task/join-map.ts";
export { JoinQueue } from "./task/join-queue.ts";
export { JoinSet } from "./task/join-set.ts";
export { LocalPool } from "./task/local-pool.ts";
export { LocalSet, type LocalSetOptions, spawnLocal } from "./task/local-set.ts";
export type { PortableTask } from "./task/portable.ts";
export {
  registerSendable,
  type Send,
  type Sendable,
  type SendableKind,
  sendable,
} from "./task/send.ts";
export type { CannotMove, SendArguments } from "./task/send-arguments.ts";
export { type SpawnOptions, spawn, type TaskBody } from "./task/spawn.ts";
export { spawnBlocking } from "./task/spawn-blocking.ts";
export { type TaskLocal, type TaskLocalFuture, taskLocal } from "./task/task-local.ts";
export { TaskTracker, TaskTrackerToken } from "./task/task-tracker.ts";
export { consumeBudget, hasBudgetRemaining, unconstrained, yieldNow } from "./task/yield-now.ts";
export { type DelayKey, DelayQueue, type Expired } from "./time/delay-queue.ts";
export { Instant } from "./time/instant.ts";
export { Interval, type IntervalOptions, interval, type MissedTick } from "./time/interval.ts";
export { Sleep, type SleepOptions, sleep, sleepUntil } from "./time/sleep.ts";
export { timeout, timeoutAt } from "./time/timeout.ts";
export type {
  BucketRange,
  HistogramConfig,
  LinearHistogramConfig,
  LogHistogramConfig,
} from "./worker/histogram.ts";
export { serveTasks } from "./worker/serve-tasks.ts";
export { task } from "./worker/task.ts";
export { broadcast, mpsc, oneshot, stream, watch };
