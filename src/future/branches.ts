/**
 * What `select` and `join` have in common: several futures under their keys.
 *
 * @module
 */

import { context } from "../core/context.ts";
import { unexpected } from "../error/check.ts";
import { JoinError } from "../error/join-error.ts";
import { failureOf } from "./failures.ts";
import type { Future } from "./future.ts";

/** In what order branches are polled. */
export interface BranchOptions {
  /**
   * In the order in which they are written, whenever there is news. What is ready all the time then
   * keeps those behind it from their turn.
   */
  readonly biased?: boolean | undefined;
}

/** The keys of an array are its indices. */
export function keysOf(action: string, branches: object): readonly (string | number)[] {
  if (Array.isArray(branches)) return [...branches.keys()];
  if (typeof branches === "object" && branches !== null) return Object.keys(branches);
  throw unexpected(action, "an object or an array of futures", branches);
}

/**
 * Gives up all that have not ended: those that have are undefined. If some fail at that, the others
 * are given up all the same.
 */
export function giveUpAll(futures: (Future<unknown> | undefined)[]): void {
  let failures: unknown[] | undefined;
  for (let index = 0; index < futures.length; index++) {
    const future = futures[index];
    if (future === undefined) continue;
    futures[index] = undefined;
    try {
      future[Symbol.dispose]();
    } catch (reason) {
      failures ??= [];
      failures.push(reason);
    }
  }
  if (failures !== undefined) throw failureOf("give futures up", failures);
}

/** The same because of a failure, of which its caller tells. One more is reported. */
export function giveUpAfterFailure(futures: (Future<unknown> | undefined)[]): void {
  try {
    giveUpAll(futures);
  } catch (cause) {
    const { thread, task } = context();
    const { id: taskId = 0, name: taskName } = task ?? {};
    thread.report(new JoinError({ kind: "panic", taskId, taskName, cause }));
  }
}
