/**
 * Building guests: modules of Wasm tasks, written in AssemblyScript.
 *
 * @module
 */

export { GuestBuildError, type GuestBuildFinding } from "../../error/guest-build.ts";
export { type BuildOptions, type BuiltGuest, buildGuest } from "./build.ts";
export { type GuestWatch, watchGuest } from "./watch.ts";
