/**
 * Deno: Node's modules as it has them, and its own way of carrying contexts through promises.
 *
 * @module
 */

import { AsyncLocalStore } from "../node/async-local-store.ts";
import { host, parent as starter } from "../node/host.ts";
import type { ParentPort, Platform } from "../platform.ts";

export const platform: Platform = { ...host, name: "deno", contextStore: new AsyncLocalStore() };

export const parent: ParentPort | undefined = starter;
