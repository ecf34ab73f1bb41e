/**
 * Wakers known to other runtimes than their own: what a future needs that was made in one runtime
 * and is waited for in another.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import type { Waker } from "./waker.ts";

/** The names that one waker has on the threads of other runtimes. */
export class Bridges {
  readonly #waker: Waker;
  readonly #tokens = new Map<Thread, number>();

  constructor(waker: Waker) {
    this.#waker = waker;
  }

  targetOn(thread: Thread): number {
    let token = this.#tokens.get(thread);
    if (token === undefined) {
      const wake = () => this.#waker.wake();
      token = thread.continuations.add({ resume: wake, abandon: wake });
      this.#tokens.set(thread, token);
    }
    return token * 2 + 1;
  }

  /** Forgets the names. To be called as the waker ends. */
  remove(): void {
    for (const [thread, token] of this.#tokens) thread.continuations.remove(token);
    this.#tokens.clear();
  }
}
