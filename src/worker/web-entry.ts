/**
 * The first code of every web worker that a runtime starts. It has no sockets to know of.
 *
 * @module
 */

import { parent } from "#platform";
import { joinRuntime } from "./member.ts";

joinRuntime(parent);
