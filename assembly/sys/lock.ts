/**
 * A spin lock in one word, for sections of a few instructions.
 *
 *   0          free
 *   index + 1  held by the worker of that index
 *
 * Invariants
 *   L1  Nothing that can wait, allocate or call out happens while one is held.
 *   L2  Only the holder frees it, or `breakFor` once the holder's thread is gone.
 */

import * as word from "./atomic";
import { myIndex } from "./self";

/** Needs: acquire on success, to see what the last holder wrote. */
export function lock(address: usize): void {
  // Ends when the holder leaves its section; L1 keeps that short, `breakFor` covers its death.
  while (word.compareExchange(address, 0, myIndex + 1) != 0) {
    // Only looked at: what the holder has to write stands beside it, and is its own so long.
    while (word.load(address) != 0) {}
  }
}

/** Needs: release, paired with the next holder's `lock`. */
export function unlock(address: usize): void {
  assert(word.load(address) == myIndex + 1); // L2
  word.store(address, 0);
}

/** Frees the lock if the dead worker `index` held it. True if it did. */
export function breakFor(address: usize, index: u32): bool {
  return word.compareExchange(address, index + 1, 0) == index + 1;
}
