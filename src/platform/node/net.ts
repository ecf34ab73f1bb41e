/**
 * The std reactor: sockets of `node:net`, served by the event loop that the thread already has.
 *
 * The callbacks raise readiness by hand; everything after that is as on the Linux reactor. Sockets
 * do not keep the process alive by themselves, because waiting for one does.
 *
 * @module
 */

import type { Thread } from "../../core/thread.ts";
import { ClosedError } from "../../error/closed.ts";
import { OutOfMemoryError } from "../../error/out-of-memory.ts";
import type { ConnectSettings, Endpoint, ListenSettings, NetBackend } from "../../net/backend.ts";
import { StdListener } from "./net-listener.ts";
import { StdStream } from "./net-stream.ts";

/** What libuv asks for at once. */
const READ_BYTES = 65536;

/** What a runtime closes when it ends. */
interface Closable {
  close(gone: string): void;
}

export class StdReactor implements NetBackend {
  readonly name = "std";
  readonly thread: Thread;
  readonly canSleep = false;
  /** Where all sockets of the thread read into, one at a time: what they get is copied at once. */
  readonly readBuffer = new Uint8Array(READ_BYTES);
  readonly adoptStream: undefined;
  readonly adoptListener: undefined;
  readonly #open = new Set<Closable>();
  /** Handles that the event loop still has to serve: closed ones may have bytes to send. */
  #handles = 0;
  #isOpen = true;
  /** Streams with bytes that were written in this turn. */
  #written: StdStream[] = [];

  readonly pollFd = -1;

  constructor(thread: Thread) {
    this.thread = thread;
  }

  get sockets(): number {
    return this.#handles;
  }

  /** The event loop has looked at the sockets: this sends what was written since. */
  poll(): void {
    this.#flush();
  }

  /** The thread goes to sleep in the event loop, which sees to the sockets. */
  watch(): void {
    this.#flush();
  }

  close(): void {
    this.#isOpen = false;
    for (const socket of [...this.#open]) socket.close("the runtime is shut down");
  }

  listen(at: Endpoint, settings: ListenSettings): StdListener {
    return new StdListener(this, at, settings);
  }

  connect(to: Endpoint, settings: ConnectSettings): StdStream {
    return StdStream.connect(this, to, settings);
  }

  /** Gives a socket its place in the core. Nothing is ready yet. */
  add(socket: Closable): number {
    if (!this.#isOpen) throw new ClosedError("Cannot open socket: the runtime is shut down");
    const slot = this.thread.core.ioRegister(-1);
    if (slot === 0) throw new OutOfMemoryError("open socket");
    this.#open.add(socket);
    this.#handles += 1;
    return slot;
  }

  remove(socket: Closable, slot: number): void {
    this.#open.delete(socket);
    this.thread.core.ioDeregister(slot);
    this.thread.driver.kick();
  }

  /** To be called when the handle of a socket is closed. */
  readonly onGone = () => {
    this.#handles -= 1;
  };

  /** News for the socket at `slot`, unless it is gone. */
  raise(slot: number, bits: number): void {
    if (slot === 0) return;
    this.thread.core.ioRaise(slot, bits);
    this.thread.driver.kick();
  }

  /** Has `stream` send what was written, in one piece, at the end of the turn. */
  flushSoon(stream: StdStream): void {
    if (this.#written.push(stream) === 1) this.thread.driver.kick();
  }

  #flush(): void {
    if (this.#written.length === 0) return;
    const streams = this.#written;
    this.#written = [];
    for (const stream of streams) stream.flush();
  }
}
