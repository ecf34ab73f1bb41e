/**
 * What `select` and `join` have in common: several futures under their keys.
 *
 * @module
 */

import { unexpected } from "../error/check.ts";
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
 * Gives up all that have not ended: those that have are undefined. If one fails at that, the others
 * are given up all the same.
 */
export function giveUpAll(futures: (Future<unknown> | undefined)[]): void {
  for (let index = 0; index < futures.length; index++) {
    const future = futures[index];
    futures[index] = undefined;
    try {
      future?.[Symbol.dispose]();
    } catch (reason) {
      giveUpAll(futures);
      throw reason;
    }
  }
}
