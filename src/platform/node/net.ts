/**
 * The std reactor: sockets of `node:net`, served by the event loop that the thread already has.
 * They do not keep the process alive by themselves, because waiting for one does.
 *
 * @module
 */

import type { ConnectSettings, Endpoint, ListenSettings, NetBackend } from "../../net/backend.ts";
import { RaisedReactor } from "../raised-reactor.ts";
import { StdListener } from "./net-listener.ts";
import { StdStream } from "./net-stream.ts";

/** What libuv asks for at once. */
const READ_BYTES = 65536;

export class StdReactor extends RaisedReactor implements NetBackend {
  /** Where all sockets of the thread read into, one at a time: what they get is copied at once. */
  readonly readBuffer = new Uint8Array(READ_BYTES);

  listen(at: Endpoint, settings: ListenSettings): StdListener {
    return new StdListener(this, at, settings);
  }

  connect(to: Endpoint, settings: ConnectSettings): StdStream {
    return StdStream.connect(this, to, settings);
  }
}
