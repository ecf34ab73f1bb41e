/**
 * Sockets of workerd: connections to other hosts, and no listeners.
 *
 * @module
 */

import { UnsupportedError } from "../../error/unsupported.ts";
import type { ConnectSettings, Endpoint, NetBackend, Sockets } from "../../net/backend.ts";
import { RaisedReactor } from "../raised-reactor.ts";
import { standInFor } from "./names.ts";
import { EdgeStream } from "./stream.ts";

class EdgeReactor extends RaisedReactor implements NetBackend {
  listen(): never {
    throw new UnsupportedError(
      "TcpListener",
      "edge",
      "the handlers that the platform calls (fetch)",
    );
  }

  connect(to: Endpoint, { from }: ConnectSettings): EdgeStream {
    if (from !== undefined) throw new UnsupportedError("localAddress", "edge");
    return new EdgeStream(this, to);
  }
}

/** Guests have none: a stream belongs to the code that opened it. */
function forGuests(): never {
  throw new UnsupportedError("sockets of guests", "edge", "TcpStream in JavaScript");
}

export const sockets: Sockets | undefined = {
  reactorName: () => "std",
  reactorReason: () => "sockets are the platform's own",
  open: (thread) => new EdgeReactor(thread),
  wake() {},
  openFutex: () => undefined,
  serve() {},
  replayEvents() {},
  close() {},
  closeDescriptor() {},
  openGuestReactor: forGuests,
  openGuestSockets: forGuests,
  errorNameOf: (error) => `E${error}`,
  resolve: (host, port, onResolved) => onResolved(undefined, [{ address: standInFor(host), port }]),
};
