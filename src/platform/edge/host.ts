/**
 * What the platforms at the edge have in common: one thread, no files, and Wasm that is imported,
 * because nothing may be compiled.
 *
 * @module
 */

import type { CoreModule } from "../../core/load.ts";
import { UnsupportedError } from "../../error/unsupported.ts";
import type { ParentPort, Platform } from "../platform.ts";
import { EdgeLoop } from "./event-loop.ts";

/** @param waitUntil Keeps the request that is being served alive until the promise settles. */
export function edgePlatform(
  core: CoreModule,
  waitUntil: (promise: Promise<void>) => void,
): Platform {
  return {
    name: "edge",
    sharesMemory: false,
    mayBlock: false,
    parallelism: 1,
    loadCore: () => core,
    readFile: undefined,
    spawnThread() {
      throw new UnsupportedError("threads", "edge", "the currentThread flavor");
    },
    /** Stands still between I/O, so that nobody can measure what others compute. */
    now: () => Date.now(),
    warn: (problem) => console.warn(problem),
    openLoop: () => new EdgeLoop(waitUntil),
    contextStore: undefined,
  };
}

/** No thread has started this one. */
export const parent: ParentPort | undefined = undefined;
