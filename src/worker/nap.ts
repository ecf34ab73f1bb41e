/**
 * Naps: the sleeps of a web worker outside of its event loop.
 *
 * A worker that sleeps in its event loop takes several times as long to wake. But it cannot ask
 * whether the loop has news: so it naps only while nothing is under way that waits for such, for a
 * short time, and after a nap in vain it goes on sleeping in the loop.
 *
 * @module
 */

import { PARK_LOOP, PARK_WAIT, TURN_IDLE } from "../../assembly/shared/verdicts.ts";

/** How long a nap is at most, in milliseconds. */
export const NAP_MAX_MS = 5;

export class Napper {
  #wasInVain = false;

  /** How to sleep next, on a thread that is `vacant`: nothing there waits for the event loop. */
  mode(isVacant: boolean): number {
    const naps = isVacant && !this.#wasInVain;
    this.#wasInVain = false;
    return naps ? PARK_WAIT : PARK_LOOP;
  }

  /** A nap has ended, and the turn after it has found so much. */
  woke(verdict: number | undefined): void {
    this.#wasInVain = verdict === TURN_IDLE;
  }
}
