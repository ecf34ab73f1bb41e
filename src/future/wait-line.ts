/**
 * Those who wait for something of this thread, where nobody waits in the core.
 *
 * @module
 */

import type { Waker } from "./waker.ts";

/**
 * Futures that wait, each with who asked it last.
 *
 * *Why not wakers alone*: one task may wait for the same thing by several futures, which all have
 * its waker. One that gives up must not take the others out of the line.
 */
export class WaitLine {
  readonly #wakers = new Map<object, Waker>();

  /** Puts a wait in line, or has it wake another waker from here on. */
  add(wait: object, waker: Waker): void {
    this.#wakers.set(wait, waker);
  }

  /** Takes a wait out of the line, if it stands there. */
  leave(wait: object): void {
    this.#wakers.delete(wait);
  }

  /** Empties the line, and has all poll again. */
  wakeAll(): void {
    const wakers = new Set(this.#wakers.values());
    this.#wakers.clear();
    for (const waker of wakers) waker.wake();
  }
}
