/**
 * Runtimes of one's own.
 *
 * @module
 */

import "./default.ts";

export { type EnterGuard, Handle } from "./handle.ts";
export type { ShutdownOptions } from "./home.ts";
export { main } from "./main.ts";
export { RuntimeMetrics } from "./metrics.ts";
export type { BuilderOptions, LostWorker } from "./options.ts";
export { Builder, Runtime } from "./runtime.ts";
