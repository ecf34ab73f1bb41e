/**
 * Binding and connecting: address after address, until one will do.
 *
 * @module
 */

import { WRITABLE } from "../../assembly/shared/verdicts.ts";
import { listen, unlisten } from "../core/abort-line.ts";
import { NetError } from "../error/net-error.ts";
import { Future, PENDING, type Pending, type Waker } from "../future/future.ts";
import type { SocketBackend } from "./backend.ts";
import type { Lookup } from "./lookup.ts";
import { BLOCKED, Operation } from "./operation.ts";
import type { SocketAddr } from "./socket-addr.ts";

/** How to make the socket that is wanted. */
export interface EstablishParts<B extends SocketBackend, T> {
  /** What it is for, such as `connect`. */
  readonly action: string;
  readonly lookup: Lookup;
  /** Ends the wait when it aborts. */
  readonly signal: AbortSignal | undefined;
  /** Begins with an address. */
  begin(at: SocketAddr): B;
  /** Makes the value of a socket that has come about. */
  finish(backend: B): T;
}

/** Looks up a name, and tries its addresses in their order. */
export class Establish<B extends SocketBackend, T> extends Future<T> {
  readonly #parts: EstablishParts<B, T>;
  /** Addresses not tried yet, once they are known. */
  #addresses: SocketAddr[] | undefined;
  #attempt: Attempt<B> | undefined;
  /** Why the last address would not do. */
  #failure: unknown;
  /** Who asked last; set while the signal is listened to. */
  #waker: Waker | undefined;
  readonly #onAbort = () => this.#waker?.wake();

  constructor(parts: EstablishParts<B, T>) {
    super();
    this.#parts = parts;
  }

  override poll(waker: Waker): T | Pending {
    const { signal } = this.#parts;
    if (signal?.aborted) {
      this[Symbol.dispose]();
      throw signal.reason;
    }
    if (signal !== undefined && this.#waker === undefined) {
      listen(signal, this.#onAbort);
    }
    this.#waker = waker;
    try {
      const value = this.#go(waker);
      if (value !== PENDING) this.#unlisten();
      return value;
    } catch (reason) {
      this[Symbol.dispose]();
      throw reason;
    }
  }

  override [Symbol.dispose](): void {
    this.#unlisten();
    this.#parts.lookup[Symbol.dispose]();
    this.#giveUpAttempt();
  }

  #go(waker: Waker): T | Pending {
    if (this.#addresses === undefined) {
      const found = this.#parts.lookup.poll(waker);
      if (found === PENDING) return PENDING;
      this.#addresses = [...found];
    }
    // Ends at the latest when no address is left.
    for (;;) {
      const backend = this.#tryOne(waker, this.#addresses);
      if (backend === PENDING) return PENDING;
      if (backend !== undefined) return this.#parts.finish(backend);
    }
  }

  /** The socket, or undefined if this address would not do. */
  #tryOne(waker: Waker, addresses: SocketAddr[]): B | Pending | undefined {
    try {
      this.#attempt ??= this.#nextAttempt(addresses);
      const backend = this.#attempt.poll(waker);
      if (backend !== PENDING) this.#attempt = undefined;
      return backend;
    } catch (reason) {
      this.#giveUpAttempt();
      // Only what the system said of this address lets the next one have a chance.
      if (!(reason instanceof NetError) || reason === this.#failure) throw reason;
      this.#failure = reason;
      return undefined;
    }
  }

  #nextAttempt(addresses: SocketAddr[]): Attempt<B> {
    const at = addresses.shift();
    if (at === undefined) {
      throw this.#failure ?? new Error(`Cannot ${this.#parts.action}: the host has no address`);
    }
    return new Attempt(this.#parts.begin(at), this.#parts.action);
  }

  #giveUpAttempt(): void {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    attempt?.[Symbol.dispose]();
    attempt?.close();
  }

  #unlisten(): void {
    const { signal } = this.#parts;
    if (signal !== undefined) unlisten(signal, this.#onAbort);
    this.#waker = undefined;
  }
}

/** One address. */
class Attempt<B extends SocketBackend> extends Operation<B, B> {
  protected readonly action: string;

  constructor(backend: B, action: string) {
    super(backend, WRITABLE);
    this.action = action;
  }

  close(): void {
    this.backend.close();
  }

  protected attempt(): B | typeof BLOCKED {
    return this.backend.tryEstablish() ? this.backend : BLOCKED;
  }
}
