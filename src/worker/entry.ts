/**
 * The first code of every thread that a runtime starts.
 *
 * @module
 */

import { parent } from "#platform";
// Portable tasks of our own: a listener that is served everywhere is served by one of these.
import "../net/serve.ts";
import { joinRuntime } from "./member.ts";

joinRuntime(parent);
