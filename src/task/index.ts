/**
 * Tasks: starting, joining, aborting them.
 *
 * @module
 */

import "../runtime/default.ts";

export { serveTasks } from "../worker/serve-tasks.ts";
export { task } from "../worker/task.ts";
export { AbortOnDrop, AbortOnDropHandle } from "./abort-on-drop.ts";
export { taskId, taskName, tryTaskId, workerIndex } from "./current.ts";
export type { TaskGenerator } from "./generator-task.ts";
export type { GuestTask } from "./guest-task.ts";
export type { Settled } from "./join-group.ts";
export { AbortHandle, JoinHandle } from "./join-handle.ts";
export { JoinMap } from "./join-map.ts";
export { JoinQueue } from "./join-queue.ts";
export { JoinSet } from "./join-set.ts";
export { LocalPool } from "./local-pool.ts";
export { LocalSet, type LocalSetOptions, spawnLocal } from "./local-set.ts";
export type { PortableTask } from "./portable.ts";
export { registerSendable, type Send, type Sendable, type SendableKind, sendable } from "./send.ts";
export type { CannotMove, SendArguments } from "./send-arguments.ts";
export { type SpawnOptions, spawn, type TaskBody } from "./spawn.ts";
export { spawnBlocking } from "./spawn-blocking.ts";
export { type TaskLocal, type TaskLocalFuture, taskLocal } from "./task-local.ts";
export { TaskTracker, TaskTrackerToken } from "./task-tracker.ts";
export { consumeBudget, hasBudgetRemaining, unconstrained, yieldNow } from "./yield-now.ts";
