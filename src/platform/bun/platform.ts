/**
 * Bun: Node's modules as it has them, and an event loop that cannot be asked what it has to do.
 *
 * @module
 */

import { drainMicrotasks } from "bun:jsc";
import { AsyncLocalStore } from "../node/async-local-store.ts";
import { NodeLoop } from "../node/event-loop.ts";
import { host, parent as starter } from "../node/host.ts";
import type { ParentPort, Platform } from "../platform.ts";

class BunLoop extends NodeLoop {
  override readonly drainMicrotasks = drainMicrotasks;

  /** `process.getActiveResourcesInfo` is there and knows of nothing: there may always be some. */
  override hasForeignWork(): boolean {
    return true;
  }
}

export const platform: Platform = {
  ...host,
  name: "bun",
  contextStore: new AsyncLocalStore(),
  openLoop: () => new BunLoop(),
};

export const parent: ParentPort | undefined = starter;
