/**
 * Host names to addresses, as the system resolves them.
 *
 * @module
 */

import { lookup } from "node:dns";
import type { OnResolved } from "../../net/backend.ts";
import { fromNodeError } from "../net-error.ts";

/** Looks `host` up, on a thread of libuv's. The order of the addresses is the system's. */
export function resolve(host: string, port: number, onResolved: OnResolved): void {
  lookup(host, { all: true, verbatim: true }, (error, addresses) => {
    if (error === null)
      onResolved(
        undefined,
        addresses.map(({ address }) => ({ address, port })),
      );
    else onResolved(fromNodeError(error, { address: host, port }), []);
  });
}
