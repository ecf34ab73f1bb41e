/**
 * Pages open no sockets.
 *
 * @module
 */

import type { Sockets } from "../../net/backend.ts";

export const sockets: Sockets | undefined = undefined;
