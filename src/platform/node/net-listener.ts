/**
 * A TCP listener of the std reactor.
 *
 * `node:net` accepts by itself: connections stand in a queue here until somebody asks for them.
 * When descriptors run out, libuv turns connections away and says nothing.
 *
 * @module
 */

import {
  type AddressInfo,
  createServer,
  type ListenOptions,
  type Server,
  type Socket,
} from "node:net";
import { IO_ERROR, READABLE, WRITABLE } from "../../../assembly/shared/verdicts.ts";
import { clearReadiness } from "../../core/readiness.ts";
import type { Thread } from "../../core/thread.ts";
import { UnsupportedError } from "../../error/unsupported.ts";
import type { Endpoint, ListenerBackend, ListenSettings } from "../../net/backend.ts";
import { fromNodeError } from "../net-error.ts";
import type { StdReactor } from "./net.ts";
import { StdStream } from "./net-stream.ts";

export class StdListener implements ListenerBackend {
  readonly thread: Thread;
  slot: number;
  gone = "";
  readonly #reactor: StdReactor;
  readonly #server: Server;
  readonly #queue: StdStream[] = [];
  #isListening = false;
  #error: Error | undefined;

  constructor(reactor: StdReactor, at: Endpoint, settings: ListenSettings) {
    checkSettings(settings);
    this.thread = reactor.thread;
    this.#reactor = reactor;
    this.slot = reactor.add(this);
    clearReadiness(this.thread, this.slot, READABLE | WRITABLE);
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
      this.#onConnection(socket),
    );
    this.#server.on("listening", () => {
      this.#isListening = true;
      reactor.raise(this.slot, WRITABLE);
    });
    this.#server.on("close", reactor.onGone);
    this.#server.on("error", (error) => {
      this.#error = fromNodeError(error, this.about ?? at);
      reactor.raise(this.slot, this.#isListening ? READABLE : WRITABLE | IO_ERROR);
    });
    const { backlog, reusePort } = settings;
    const options = { host: at.address, port: at.port, backlog, ...(reusePort && { reusePort }) };
    this.#server.listen(options as ListenOptions);
    this.#server.unref();
  }

  get about(): Endpoint | undefined {
    return this.#isListening && this.slot !== 0 ? this.localEndpoint() : undefined;
  }

  tryEstablish(): boolean {
    this.#throwError();
    if (!this.#isListening) clearReadiness(this.thread, this.slot, WRITABLE);
    return this.#isListening;
  }

  localEndpoint(): Endpoint {
    return this.#server.address() as AddressInfo;
  }

  tryAccept(): StdStream | undefined {
    const stream = this.#queue.shift();
    if (stream !== undefined) return stream;
    clearReadiness(this.thread, this.slot, READABLE);
    this.#throwError();
    return undefined;
  }

  duplicate(): undefined {
    return undefined;
  }

  close(gone = "the listener is closed"): void {
    if (this.slot === 0) return;
    this.gone = gone;
    const { slot } = this;
    this.slot = 0;
    for (const stream of this.#queue.splice(0)) stream.close();
    // The callback takes the error of a server that never listened; "close" is emitted in any case.
    this.#server.close(() => {});
    this.#reactor.remove(this, slot);
  }

  #throwError(): void {
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) throw error;
  }

  #onConnection(socket: Socket): void {
    if (this.slot === 0) {
      socket.destroy();
      return;
    }
    this.#queue.push(StdStream.accepted(this.#reactor, socket));
    this.#reactor.raise(this.slot, READABLE);
  }
}

/** `node:net` always reuses addresses, and shares ports only in newer versions. */
function checkSettings(settings: ListenSettings): void {
  if (!settings.reuseAddress) {
    throw new UnsupportedError("reuseAddress: false", "the std reactor", "the linux reactor");
  }
  if (settings.reusePort && !knowsReusePort()) {
    throw new UnsupportedError("reusePort", `Node ${process.versions.node}`, "the linux reactor");
  }
}

/** Since 22.12 and 23.1; before, the option was ignored without a word. */
function knowsReusePort(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
}
