/**
 * Makes a guest's functions able to leave the stack at a wait, and to come back on any thread.
 *
 * @module
 */

import type { Binaryen, BinaryenModule, Program } from "./compiler.ts";
import { joinFrames } from "./frames.ts";
import { keepRecursion } from "./recursion.ts";

/** The core's functions that may wait; only what may call one of them is made larger. */
const MAY_WAIT = [
  ...["guestYield", "guestConsumeBudget", "guestSleepUntil", "guestJoin", "guestJoinAny"],
  ...["guestAcquire", "guestSend", "guestReceive", "guestReceiveOnce", "guestNotified"],
  ...["guestClosed", "guestFinishNotified", "guestWatchChanged", "guestBroadcastReceive"],
  ...["guestArrive", "guestSelect", "guestSocketReady", "guestCancelled"],
];

/**
 * Optimises the module, and has Binaryen's asyncify rewrite what may wait. In this order: asyncify
 * keeps every local variable of a function, and few are left by then.
 */
export function asyncify(program: Program, binaryen: Binaryen, module: BinaryenModule): void {
  const { optimizeLevelHint, shrinkLevelHint, debugInfo } = program.options;
  keepRecursion(binaryen, module);
  program.module.optimize(optimizeLevelHint, shrinkLevelHint, debugInfo);
  const imports = MAY_WAIT.map((name) => `tokiwa.${name}`);
  binaryen.setPassArgument("asyncify-imports", imports.join(","));
  // The core sets the state that this thread's instances of all guests look at.
  binaryen.setPassArgument("asyncify-import-globals", "1");
  module.runPasses(["asyncify"]);
  joinFrames(binaryen, module);
}
