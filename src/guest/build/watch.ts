/**
 * Builds a guest again whenever one of its sources changes.
 *
 * @module
 */

import { type FSWatcher, watch } from "node:fs";
import { dirname, join } from "node:path";
import { type BuildOptions, type BuiltGuest, buildNoting } from "./build.ts";

/** A guest that is being watched. Dispose it to stop. */
export interface GuestWatch extends Disposable {}

/** Editors write a file in several steps, within a few milliseconds. */
const SETTLE_MS = 30;

/**
 * Builds a guest now, and again after each change of a file that it was built from.
 *
 * @param report Called after each build, with what came of it or with the error.
 */
export function watchGuest(
  options: BuildOptions,
  report: (result: BuiltGuest | Error) => void,
): GuestWatch {
  return new Watch(options, report);
}

class Watch implements GuestWatch {
  readonly #options: BuildOptions;
  readonly #report: (result: BuiltGuest | Error) => void;
  /** By folder: a file that is replaced by renaming would be lost sight of. */
  readonly #watchers = new Map<string, FSWatcher>();
  #inputs = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isBuilding = false;
  #isStopped = false;

  constructor(options: BuildOptions, report: (result: BuiltGuest | Error) => void) {
    this.#options = options;
    this.#report = report;
    void this.#build();
  }

  [Symbol.dispose](): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  async #build(): Promise<void> {
    this.#isBuilding = true;
    const inputs = new Set<string>();
    const result = await buildNoting(this.#options, inputs).catch((error: Error) => error);
    this.#isBuilding = false;
    if (this.#isStopped) return;
    this.#inputs = inputs;
    for (const input of inputs) this.#watch(dirname(input));
    this.#report(result);
  }

  #watch(folder: string): void {
    if (this.#watchers.has(folder)) return;
    const watcher = watch(folder, (_event, name) => {
      if (name === null || this.#inputs.has(join(folder, name))) this.#changed();
    });
    this.#watchers.set(folder, watcher);
  }

  /** Builds once it has been quiet for a moment, and the last build is over. */
  #changed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#isBuilding) this.#changed();
      else void this.#build();
    }, SETTLE_MS);
  }
}
