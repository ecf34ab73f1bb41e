/**
 * The Future protocol.
 *
 * @module
 */

import "../runtime/default.ts";

export { type FutureGenerator, fromGenerator } from "./from-generator.ts";
export { fromPromise, fromSignal, type Work } from "./from-promise.ts";
export { Future } from "./future.ts";
export { PENDING, type Pending, type Waker } from "./waker.ts";
