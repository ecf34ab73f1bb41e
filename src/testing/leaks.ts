/**
 * Finding tasks that were left behind.
 *
 * @module
 */

import { context } from "../core/context.ts";
import { Handle } from "../runtime/handle.ts";
import { LocalTask } from "../task/local-task.ts";

/**
 * Makes sure that the running code's runtime has no task but the one that asks.
 *
 * @throws {Error} If there are others: how many, and the numbers and names of those that are
 *   closures of this thread.
 *
 * @example
 * ```ts
 * import { assertNoTasks } from "tokiwa/test";
 *
 * await spawn(async () => sleep(5));
 * assertNoTasks();
 * ```
 */
export function assertNoTasks(): void {
  const { thread, task } = context();
  const alive = Handle.current().metrics.aliveTasks - (task === undefined ? 0 : 1);
  if (alive <= 0) return;
  const names = [...thread.continuations]
    .filter((found) => found instanceof LocalTask && found !== task)
    .map((found) => nameOf(found as LocalTask<unknown>));
  const which = names.length === 0 ? "" : `: ${names.join(", ")}`;
  const what = alive === 1 ? "1 task has" : `${alive} tasks have`;
  throw new Error(`Cannot go on: ${what} not ended${which}`);
}

function nameOf({ id, name }: LocalTask<unknown>): string {
  return name === undefined ? String(id) : `${id} "${name}"`;
}
