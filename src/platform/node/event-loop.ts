/**
 * libuv's event loop as the scheduler sees it.
 *
 * @module
 */

import { Socket } from "node:net";
import { isMainThread, MessageChannel, type MessagePort } from "node:worker_threads";
import type { EventLoop } from "../platform.ts";

/** What `process` has and its types do not tell. */
interface ProcessInternals {
  /** Runs the queue of `process.nextTick` and all microtasks. As old as Node itself. */
  _tickCallback?: () => void;
}

/** Output that goes to a pipe or a terminal is a handle that counts as active, busy or not. */
let outputHandles: number | undefined;
function countOutputHandles(): number {
  if (!isMainThread) return 0;
  return [process.stdout, process.stderr].filter((stream) => stream instanceof Socket).length;
}

/** What one driver has of the loop. Several runtimes of a thread share the loop itself. */
export class NodeLoop implements EventLoop {
  readonly defer = setImmediate;
  readonly drainMicrotasks: (() => void) | undefined = (process as ProcessInternals)._tickCallback;
  /** A port that nothing is ever sent to: it keeps the loop alive while it is referenced. */
  readonly #anchor = makeAnchor();
  #isAnchored = false;
  #timer: NodeJS.Timeout | undefined;

  hasForeignWork(): boolean {
    const active = process.getActiveResourcesInfo();
    outputHandles ??= countOutputHandles();
    const own = (this.#isAnchored ? 1 : 0) + (this.#timer === undefined ? 0 : 1) + outputHandles;
    return active.length > own;
  }

  keepAlive(on: boolean): void {
    if (on === this.#isAnchored) return;
    this.#isAnchored = on;
    if (on) this.#anchor.ref();
    else this.#anchor.unref();
  }

  setTimer(ms: number, body: () => void): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    const fire = () => {
      this.#timer = undefined;
      body();
    };
    // Node takes what does not fit into 31 bits for 1 ms; coming back early is harmless.
    this.#timer = setTimeout(fire, Math.min(ms, 0x7fffffff));
  }

  clearTimer(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  onExit(body: () => void): void {
    process.on("exit", body);
  }
}

function makeAnchor(): MessagePort {
  const { port1 } = new MessageChannel();
  port1.on("message", () => {});
  port1.unref();
  return port1;
}
