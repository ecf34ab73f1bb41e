/**
 * The event loop of a page or of a web worker, as the scheduler sees it.
 *
 * @module
 */

import type { EventLoop } from "../platform.ts";

/** What timers take at most: 24 days. They fire at once if given more. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/**
 * Comes back as a macrotask of its own. *Why not `scheduler.yield` or a timer*: the first runs
 * ahead of everybody's timers for as long as there is work, and the second takes 4 ms.
 */
const callbacks: (() => void)[] = [];
let channel: ReturnType<typeof openChannel> | undefined;

function defer(body: () => void): void {
  callbacks.push(body);
  channel ??= openChannel();
  channel.port1.postMessage(undefined);
}

function openChannel() {
  const made = new MessageChannel();
  made.port2.addEventListener("message", () => callbacks.shift()?.());
  made.port2.start();
  return made;
}

export class WebLoop implements EventLoop {
  readonly defer = defer;
  readonly drainMicrotasks: undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Always: frames to draw and input to answer, which nobody can ask about. */
  hasForeignWork(): boolean {
    return true;
  }

  /** A page stays, and a worker stays until it is told to close. */
  keepAlive(): void {}

  setTimer(ms: number, body: () => void): void {
    clearTimeout(this.#timer);
    const fire = () => {
      this.#timer = undefined;
      // A timer that is set by a timer takes 4 ms at least; not so one that a message sets.
      defer(body);
    };
    this.#timer = setTimeout(fire, Math.min(ms, TIMER_MAX_MS));
  }

  clearTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** A page that goes takes its workers along. */
  onExit(): void {}
}
