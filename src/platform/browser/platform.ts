/**
 * Browsers: web workers, a page that is never blocked, no async context.
 *
 * @module
 */

import code from "../../../build/core.small.wasm";
import { type CoreModule, compileCore } from "../../core/load.ts";
import { withoutSharing } from "../../core/unshared.ts";
import type { ParentPort, Platform } from "../platform.ts";
import { WebLoop } from "./event-loop.ts";
import { isMarked, parentOf, startThread } from "./thread.ts";

/** Only pages that the browser has put apart from all others may share memory. */
const sharesMemory = globalThis.crossOriginIsolated === true;
const isPage = globalThis.document !== undefined;
const { timeOrigin } = performance;

export const platform: Platform = {
  name: "browser",
  sharesMemory,
  sharingNeeds:
    "serve the page with the headers Cross-Origin-Opener-Policy: same-origin and " +
    "Cross-Origin-Embedder-Policy: require-corp",
  mayBlock: sharesMemory && !isPage,
  parallelism: navigator.hardwareConcurrency,

  loadCore(): CoreModule {
    const bytes = Uint8Array.from(atob(code), (character) => character.charCodeAt(0));
    return compileCore(sharesMemory ? bytes : withoutSharing(bytes));
  },

  readFile: undefined,
  spawnThread: startThread,
  adopt() {
    if (!isPage) parent ??= parentOf(self);
    return parent;
  },
  /** Every thread counts from a beginning of its own, which it knows. */
  now: () => timeOrigin + performance.now(),
  warn: (problem) => console.warn(problem),
  openLoop: () => new WebLoop(),
  contextStore: undefined,
};

/** Of a worker that the program starts, nobody knows at first whether it is one of ours. */
export let parent: ParentPort | undefined = isMarked(self) ? parentOf(self) : undefined;
