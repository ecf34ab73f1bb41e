/**
 * Node: its modules, and hooks of V8's that carry contexts through promises.
 *
 * @module
 */

import type { ParentPort, Platform } from "../platform.ts";
import { contextStore } from "./context-store.ts";
import { host, parent as starter } from "./host.ts";

export const platform: Platform = { ...host, name: "node", contextStore };

export const parent: ParentPort | undefined = starter;
