/**
 * What locks are made of: a value, and permits, of which whoever uses it has some or all.
 *
 * A lock without a codec has it on its worker, in JavaScript; one with a codec has it in the memory
 * that all workers and guests share.
 *
 * @module
 */

import type { Future } from "../future/future.ts";

/** A value, and the permits to use it. */
export interface Cell<T> {
  /** How many permits there are, free or not. */
  readonly permits: number;
  /** How many are free: none while anybody waits. */
  readonly available: number;
  /** Waits in line for permits. What comes is made of the hold that has them, for `lock`. */
  acquire<L, G>(
    action: string,
    permits: number,
    make: (hold: Hold<T>, lock: L) => G,
    lock: L,
  ): Future<G>;
  /** Takes permits that are free now; undefined if there are too few. */
  tryAcquire(action: string, permits: number): Hold<T> | undefined;
  /**
   * Takes the value out. The cell is no more.
   *
   * @throws {Error} If anybody else has it.
   */
  intoInner(action: string): T;
  /** Gives this worker's share in it up. */
  leave(): void;
}

/** Permits of a cell, and with them the way to its value. Used once given up, it throws. */
export interface Hold<T> {
  value: T;
  /**
   * Keeps so many permits, and only to read: a writer becomes a reader, with nobody in between.
   *
   * @throws {ClosedError} If it was given up.
   */
  keepOnly(permits: number): void;
  giveBack(): void;
}
