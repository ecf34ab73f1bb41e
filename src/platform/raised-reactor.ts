/**
 * A reactor whose sockets the event loop serves: their callbacks raise readiness by hand, and
 * everything after that is as on the Linux reactor.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import { ClosedError } from "../error/closed.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";

/** What a runtime closes when it ends. */
interface Closable {
  close(gone: string): void;
}

/** Something that collects what is written in a turn, to send it in one piece. */
interface Flushable extends Closable {
  flush(): void;
}

export abstract class RaisedReactor {
  readonly name = "std";
  readonly thread: Thread;
  readonly canSleep = false;
  readonly pollFd = -1;
  readonly adoptStream: undefined;
  readonly adoptListener: undefined;
  readonly #open = new Set<Closable>();
  /** Handles that the event loop still has to serve: closed ones may have bytes to send. */
  #handles = 0;
  #isOpen = true;
  /** Sockets with bytes that were written in this turn. */
  #written: Flushable[] = [];

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

  /** Has `socket` send what was written, in one piece, at the end of the turn. */
  flushSoon(socket: Flushable): void {
    if (this.#written.push(socket) === 1) this.thread.driver.kick();
  }

  #flush(): void {
    if (this.#written.length === 0) return;
    const sockets = this.#written;
    this.#written = [];
    for (const socket of sockets) socket.flush();
  }
}
