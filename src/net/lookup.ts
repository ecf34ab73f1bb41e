/**
 * Host names to socket addresses.
 *
 * @module
 */

import { Future, PENDING, type Pending, type Waker } from "../future/future.ts";
import { socketsFor } from "./reactor.ts";
import { readTarget, SocketAddr, type ToSocketAddrs } from "./socket-addr.ts";

/**
 * Resolves a host name to its addresses, in the order in which the system wants them tried.
 *
 * What is an address already needs no lookup and comes back as it is.
 *
 * **Cancel safety.** Nothing is lost; the system's lookup goes on, unheard.
 *
 * @throws {TypeError} At once, if `addr` names no address.
 * @throws {RangeError} At once, if a port is not a whole number from 0 to 65535.
 * @throws {NetError} If the name cannot be resolved: `code` is ENOTFOUND or EAI_AGAIN.
 *
 * @example
 * ```ts
 * for (const addr of await lookupHost("localhost:80")) console.log(`${addr}`);
 * ```
 */
export function lookupHost(addr: ToSocketAddrs): Future<SocketAddr[]> {
  return new Lookup(addr, "look up host");
}

/** A lookup that begins with the first poll. */
export class Lookup extends Future<SocketAddr[]> {
  /** What is still to be looked up; undefined once that has begun. */
  #name: { readonly host: string; readonly port: number } | undefined;
  #addresses: SocketAddr[] | undefined;
  #error: Error | undefined;
  /** Who asked last; undefined when nobody waits. */
  #waker: Waker | undefined;

  /** @param action What it is for, such as `bind listener`: errors about `addr` begin with it. */
  constructor(addr: ToSocketAddrs, action: string) {
    super();
    const target = readTarget(addr, action);
    if ("host" in target) this.#name = target;
    else this.#addresses = [...target];
  }

  override poll(waker: Waker): SocketAddr[] | Pending {
    if (this.#addresses !== undefined) return this.#addresses;
    if (this.#error !== undefined) throw this.#error;
    this.#waker = waker;
    if (this.#name !== undefined) this.#begin(this.#name.host, this.#name.port);
    return PENDING;
  }

  override [Symbol.dispose](): void {
    this.#waker = undefined;
  }

  #begin(host: string, port: number): void {
    this.#name = undefined;
    socketsFor("lookupHost").resolve(host, port, (error, endpoints) => {
      this.#error = error;
      if (error === undefined) {
        this.#addresses = endpoints.map((each) => new SocketAddr(each.address, each.port));
      }
      this.#waker?.wake();
    });
  }
}
