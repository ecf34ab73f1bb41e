/**
 * Starts no web worker: where a program is several files, only its bundler knows where they are.
 *
 * @module
 */

import type { WebWorker } from "../platform.ts";

/** *Why not a file of ours*: tasks in it would have another tokiwa than the one they import. */
export function startWorker(_name: string): WebWorker {
  throw new Error(
    "Cannot start worker: a program that is bundled must say which file its workers begin with, " +
      "by the option startWorker; see examples/bundlers",
  );
}
