/**
 * Cloudflare's workerd.
 *
 * @module
 */

import { waitUntil } from "cloudflare:workers";
import type { Platform } from "../platform.ts";
import core from "./core.edge.wasm";
import { edgePlatform } from "./host.ts";

export { parent } from "./host.ts";

export const platform: Platform = edgePlatform(core, waitUntil);
