/**
 * The event loop at the edge, where timers belong to the request that is being served: they go with
 * it, and there are none outside of requests. So what is deferred keeps its request alive, and
 * every request whose code calls the scheduler has a timer of its own.
 *
 * @module
 */

import type { EventLoop } from "../platform.ts";

/**
 * No timer is longer. A request without one is ended as if it hung, though what it waits for may
 * come out of another request.
 */
const TIMER_MAX_MS = 10_000;

/** After so long, what was deferred is taken for lost, with the request that it belonged to. */
const LOST_MS = 100;

/** The timer of a request; undefined while it has none. */
interface Chain {
  timer: ReturnType<typeof setTimeout> | undefined;
}

export class EdgeLoop implements EventLoop {
  readonly drainMicrotasks: undefined;
  readonly losesTimers = true;
  readonly #waitUntil: (promise: Promise<void>) => void;
  /** Of the request whose turn is under way. */
  #chain: Chain | undefined;
  /** What was deferred last, and when; undefined once it has run. */
  #deferred: { readonly body: () => void; readonly atMs: number } | undefined;

  /** @param waitUntil Keeps the request that is being served alive until the promise settles. */
  constructor(waitUntil: (promise: Promise<void>) => void) {
    this.#waitUntil = waitUntil;
  }

  defer(body: () => void): void {
    const chain = this.#chain ?? { timer: undefined };
    const deferred = { body, atMs: Date.now() };
    this.#deferred = deferred;
    try {
      const done = new Promise<void>((resolve) => {
        const run = () => {
          if (this.#deferred === deferred) this.#deferred = undefined;
          this.#runAs(chain, body);
          resolve();
        };
        setTimeout(run, 0);
      });
      this.#waitUntil(done);
    } catch {
      // Outside of requests: the first call of the scheduler inside of one makes up for it.
      deferred.atMs = Number.NEGATIVE_INFINITY;
    }
  }

  remind(): void {
    const deferred = this.#deferred;
    if (deferred !== undefined && Date.now() - deferred.atMs > LOST_MS) this.defer(deferred.body);
  }

  /** There is I/O to be served, which nobody can ask about. */
  hasForeignWork(): boolean {
    return true;
  }

  /** A request lives as long as its answer and what it has told the platform to wait for. */
  keepAlive(): void {}

  setTimer(ms: number, body: () => void): void {
    const chain = this.#chain ?? { timer: undefined };
    clearTimeout(chain.timer);
    const fire = () => {
      chain.timer = undefined;
      this.#runAs(chain, body);
    };
    chain.timer = setTimeout(fire, Math.min(ms, TIMER_MAX_MS));
  }

  clearTimer(): void {
    if (this.#chain === undefined) return;
    clearTimeout(this.#chain.timer);
    this.#chain.timer = undefined;
  }

  /** Nobody hears of the end of an isolate. */
  onExit(): void {}

  #runAs(chain: Chain, body: () => void): void {
    this.#chain = chain;
    try {
      body();
    } finally {
      this.#chain = undefined;
    }
  }
}
