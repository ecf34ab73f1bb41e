/**
 * The runtime of code that made none: `await sleep(10)` works in a plain script.
 *
 * It is made when first needed, and its workers start with the first portable task. It does not
 * keep the process alive by itself: only what is waited for does.
 *
 * @module
 */

import { parent, platform } from "#platform";
import { type Context, setFallbackContext } from "../core/context.ts";
import { defaultOptions } from "./default-options.ts";
import { Home } from "./home.ts";

let home: Home | undefined;

/** The default runtime, made now if need be. */
function defaultRuntime(): Context {
  // Where nothing carries contexts through other people's promises, code that belongs to a runtime
  // may not know it any more: the newest is the likeliest.
  const likely = platform.contextStore === undefined ? Home.newest() : undefined;
  if (likely !== undefined) return likely;
  home ??= new Home(defaultOptions(platform));
  return home;
}

// In a worker of ours, code outside of tasks belongs to the runtime of that worker.
if (parent === undefined) setFallbackContext(defaultRuntime);
