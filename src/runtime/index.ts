/**
 * Runtimes of one's own.
 *
 * @module
 */

import "./default.ts";

export type { Blockable } from "../future/block-on.ts";
export type { WebWorker } from "../platform/platform.ts";
export type {
  BucketRange,
  HistogramConfig,
  LinearHistogramConfig,
  LogHistogramConfig,
} from "../worker/histogram.ts";
export { type EnterGuard, Handle } from "./handle.ts";
export { HistogramMetrics } from "./histogram-metrics.ts";
export type { ShutdownOptions } from "./home.ts";
export { type MainOptions, main } from "./main.ts";
export { type GuestMetrics, type IoMetrics, RuntimeMetrics, type SlotMetrics } from "./metrics.ts";
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
} from "./options.ts";
export { Builder, Runtime } from "./runtime.ts";
export { TimerWheelMetrics } from "./timer-wheel-metrics.ts";
export { type RunningTask, WorkerMetrics } from "./worker-metrics.ts";
