/**
 * The task that runs now.
 *
 * @module
 */

import { RUNTIME_WORKERS } from "../../assembly/shared/layout.ts";
import { tryContext } from "../core/context.ts";

/** The number of the running task; undefined outside of tasks. */
export function tryTaskId(): number | undefined {
  return tryContext()?.task?.id;
}

/**
 * The number of the running task.
 *
 * @throws {Error} Outside of tasks.
 */
export function taskId(): number {
  const id = tryTaskId();
  if (id === undefined) throw new Error("Cannot tell task id: no task is running");
  return id;
}

/** The name of the running task, if it has one. */
export function taskName(): string | undefined {
  return tryContext()?.task?.name;
}

/**
 * The number of the worker that runs this code, from 0; undefined elsewhere: outside of every
 * runtime, in a blocking job, and on the thread that made a runtime with workers.
 */
export function workerIndex(): number | undefined {
  const thread = tryContext()?.thread;
  if (thread === undefined) return undefined;
  const workers = thread.u32[(thread.runtime + RUNTIME_WORKERS) >> 2] as number;
  return thread.index < Math.max(1, workers) ? thread.index : undefined;
}
