/**
 * The Future protocol, and what combines futures.
 *
 * @module
 */

import "../runtime/default.ts";

export type { BranchOptions } from "./branches.ts";
export { co, type FutureGenerator } from "./co.ts";
export { fromPromise } from "./from-promise.ts";
export { Future } from "./future.ts";
export { join, tryJoin } from "./join.ts";
export { byRef, pending, pollFn, ready } from "./poll-fn.ts";
export { Scope, scope } from "./scope.ts";
export {
  type Branch,
  type Else,
  type Guarded,
  type Selected,
  type SelectOptions,
  select,
} from "./select.ts";
export { PENDING, type Pending, type Waker } from "./waker.ts";
export { type Begin, fromSignal, type Work } from "./work.ts";
