/**
 * Looking for work a little longer before going to sleep.
 *
 * Waking a sleeping core costs 20 µs and more, whatever primitive is used; a thread that still
 * looks is reached in a fraction of one. So a thread spins, for a few microseconds, while its
 * recent sleeps have been short: when work comes and goes one piece at a time.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import type { Platform } from "../platform/platform.ts";

/** About 8 µs of looking. The reply of an idle worker takes 3. */
const ROUNDS = 6000;
/** A sleep is short if spinning could have covered it, were the other side awake. */
const SHORT_SLEEP_MS = 0.25;
/** How many vain looks in a row end the spinning, until sleeps are short again. */
const PATIENCE = 8;

export class Spinner {
  readonly #thread: Thread;
  readonly #isUseful: boolean;
  #credit = 0;
  #sleptAt = 0;

  constructor(thread: Thread, platform: Platform) {
    this.#thread = thread;
    this.#isUseful = platform.sharesMemory && platform.parallelism > 1;
  }

  /** Looks for work, if that has paid lately. True if there is some. */
  finds(now: number, timeoutMs: number): boolean {
    this.#sleptAt = now;
    if (!this.#isUseful || this.#credit === 0 || timeoutMs < SHORT_SLEEP_MS) return false;
    if (this.#thread.core.spin(ROUNDS)) {
      this.#credit = PATIENCE;
      return true;
    }
    this.#credit -= 1;
    return false;
  }

  /** A sleep is over. */
  slept(now: number): void {
    if (now - this.#sleptAt < SHORT_SLEEP_MS) this.#credit = PATIENCE;
  }
}
