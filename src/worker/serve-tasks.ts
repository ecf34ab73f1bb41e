/**
 * What a web worker of a bundled program begins with.
 *
 * @module
 */

import { platform } from "#platform";
import { checkBody } from "../error/check.ts";
import { importPortablesBy } from "../task/defined-tasks.ts";
import { joinRuntime } from "./member.ts";

/**
 * Makes this web worker, which the option `startWorker` has started, a worker of the runtime.
 *
 * Only a bundled page needs that: a worker cannot know which file of the bundle a module with
 * portable tasks has gone to, so it is told how to import all of them. It then finds tasks by their
 * names, which must differ. They are imported when the first of them runs.
 *
 * @param load Imports all modules with portable tasks, and is waited for.
 * @throws {TypeError} If `load` is not a function.
 * @throws {Error} If this is not a web worker.
 *
 * @example
 * ```javascript
 * // worker.js, in full. The page has { startWorker: () => new Worker(…) } among its options.
 * import { serveTasks } from "tokiwa";
 *
 * serveTasks(() => Promise.all([import("./hash.js"), import("./resize.js")]));
 * ```
 */
export function serveTasks(load: () => unknown): void {
  checkBody("serve tasks", load);
  const parent = platform.adopt?.();
  if (parent === undefined) throw new Error("Cannot serve tasks: this is not a web worker");
  importPortablesBy(load);
  joinRuntime(parent);
}
