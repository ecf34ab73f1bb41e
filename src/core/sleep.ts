/**
 * Sleeping in the event loop: the one `Atomics.waitAsync` that a thread has.
 *
 * It has no timeout, because engines keep a timed wait's memory until the time has passed; the
 * host's one timer wakes for deadlines. It cannot be taken back either: once armed it stays until
 * somebody notifies, however often the thread wakes for other reasons meanwhile.
 *
 * @module
 */

import { WORKER_PARK } from "../../assembly/shared/layout.ts";
import { PARK_LOOP } from "../../assembly/shared/verdicts.ts";
import type { Thread } from "./thread.ts";

export class LoopSleep {
  readonly #thread: Thread;
  readonly #onWake: () => void;
  #armed = false;

  constructor(thread: Thread, onWake: () => void) {
    this.#thread = thread;
    this.#onWake = onWake;
  }

  /** Waits for a wake; false if one has come already. The park word must hold PARK_LOOP. */
  arm(): boolean {
    // Without other threads, only the event loop itself has news.
    if (this.#armed || !this.#thread.sharesMemory) return true;
    const word = (this.#thread.worker + WORKER_PARK) >> 2;
    const wait = Atomics.waitAsync(this.#thread.i32, word, PARK_LOOP);
    if (!wait.async) return false;
    this.#armed = true;
    wait.value.then(() => {
      this.#armed = false;
      this.#onWake();
    });
    return true;
  }
}
