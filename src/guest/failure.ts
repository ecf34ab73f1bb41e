/**
 * Failures of tasks that guests have spawned: the guest's task that joins one throws it, and one
 * that nobody joins is reported as any other task's.
 *
 * @module
 */

import { TASK_FUNCTION, TASK_ID, TASK_OUTCOME } from "../../assembly/shared/layout.ts";
import { OUTCOME_CANCELLED, OUTCOME_WORKER_LOST } from "../../assembly/shared/verdicts.ts";
import { taskNameAt } from "../core/guests.ts";
import type { Thread } from "../core/thread.ts";
import { JoinError, type JoinErrorKind } from "../error/join-error.ts";
import { causeOf } from "../task/guest-task.ts";

/** Reports a failed task that nobody joins. Called by the core. */
export function reportFailure(thread: Thread, task: number): void {
  const error = failureOf(thread, task);
  if (error.isWorkerLost && thread.isShutDown) return;
  // Later: whoever hears of it may use the runtime, and the core is in the middle of something.
  thread.driver.defer(() => thread.report(error));
}

/** Throws the failure of a task into the guest's task that joins it. Called by the core. */
export function throwFailure(thread: Thread, task: number): never {
  throw failureOf(thread, task);
}

function failureOf(thread: Thread, task: number): JoinError {
  const outcome = thread.bytes[task + TASK_OUTCOME] as number;
  const taskId = thread.f64[(task + TASK_ID) >> 3] as number;
  const taskName = taskNameAt(thread, thread.u32[(task + TASK_FUNCTION) >> 2] as number);
  const cause = readCause(() => causeOf(thread, task, outcome, taskName ?? String(taskId)));
  return new JoinError({ kind: kindOf(outcome), taskId, taskName, cause });
}

/** The core is in the middle of something: what cannot be read must not be thrown through it. */
function readCause(read: () => unknown): unknown {
  try {
    return read();
  } catch (reason) {
    return reason;
  }
}

function kindOf(outcome: number): JoinErrorKind {
  if (outcome === OUTCOME_CANCELLED) return "cancelled";
  return outcome === OUTCOME_WORKER_LOST ? "workerLost" : "panic";
}
