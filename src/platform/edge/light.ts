/**
 * Vercel's edge runtime, and others with the condition `edge-light`. Timers live on there when the
 * request is over.
 *
 * @module
 */

import type { Platform } from "../platform.ts";
import core from "./core.edge.wasm?module";
import { edgePlatform } from "./host.ts";

export { parent } from "./host.ts";

export const platform: Platform = edgePlatform(core, () => {});
