/**
 * Work that blocks its thread.
 *
 * @module
 */

import { KIND_BLOCKING } from "../../assembly/shared/verdicts.ts";
import { context } from "../core/context.ts";
import type { Thread } from "../core/thread.ts";
import { UnsupportedError } from "../error/unsupported.ts";
import type { JoinHandle } from "./join-handle.ts";
import type { PortableTask, TaskValue } from "./portable.ts";
import type { SendArguments } from "./send-arguments.ts";
import { isPortable, start } from "./startable.ts";

/**
 * Runs a portable task on a thread of the blocking pool, where it may take as long as it likes:
 * synchronous file access, a native library, a computation that cannot be cut up.
 *
 * Jobs wait in line when all threads are busy. A job that has begun cannot be aborted.
 *
 * @throws {TypeError} If given a closure: its variables cannot move to another thread.
 * @throws {NotSendError} If an argument cannot move.
 * @throws {UnsupportedError} Where threads cannot share memory.
 *
 * @example
 * ```ts
 * import { readFileSync } from "node:fs";
 *
 * export const lines = task(import.meta, "lines", (file: string) =>
 *   readFileSync(file, "utf8").split("\n").length,
 * );
 *
 * await main(async () => {
 *   console.log(await spawnBlocking(lines, "package.json"), "lines");
 * });
 * ```
 */
export function spawnBlocking<A extends unknown[], T, G extends A>(
  task: PortableTask<A, T>,
  ...args: SendArguments<G>
): JoinHandle<TaskValue<T>> {
  return spawnBlockingOn(context().thread, task, args) as JoinHandle<TaskValue<T>>;
}

/** `spawnBlocking` on the runtime of a given thread. */
export function spawnBlockingOn(
  thread: Thread,
  task: unknown,
  args: unknown[],
): JoinHandle<unknown> {
  if (!isPortable(task)) {
    throw new TypeError(
      "Cannot spawn blocking job: a closure cannot move to another thread, give it a task(…)",
    );
  }
  if (!thread.sharesMemory) {
    throw new UnsupportedError("spawnBlocking", "platforms without shared memory");
  }
  return task[start](thread, args, KIND_BLOCKING);
}
