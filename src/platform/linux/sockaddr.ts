/**
 * C's `struct sockaddr_in` and `sockaddr_in6`: addresses as the system calls take them.
 *
 * @module
 */

import type { Endpoint } from "../../net/backend.ts";
import { AF_INET, AF_INET6, type Libc } from "./libc.ts";

/** `sizeof(struct sockaddr_in6)`, the larger of the two. */
const IPV6_BYTES = 28;
const IPV4_BYTES = 16;
const PORT = 2;
const IPV4_ADDRESS = 4;
const IPV6_ADDRESS = 8;
const IPV6_SCOPE = 24;
/** The longest text of an IPv6 address, with its final zero. */
const TEXT_BYTES = 46;

/** A place for an address, to be written by {@linkcode SockAddr.set} or by a system call. */
export class SockAddr {
  readonly bytes = new Uint8Array(IPV6_BYTES);
  /** In: the room that there is. Out: the size of the address. */
  readonly size = new Uint32Array(1);
  readonly #libc: Libc;
  readonly #view = new DataView(this.bytes.buffer);
  readonly #words = new Uint16Array(this.bytes.buffer);
  readonly #scope = new Uint32Array(this.bytes.buffer, IPV6_SCOPE, 1);
  readonly #text = new Uint8Array(TEXT_BYTES);

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** AF_INET or AF_INET6. */
  get family(): number {
    return this.#words[0] as number;
  }

  /** Makes room for a system call to write an address. */
  clear(): this {
    this.size[0] = IPV6_BYTES;
    return this;
  }

  /**
   * Writes `endpoint`, whose address is an IP address.
   *
   * @throws {TypeError} If its zone names no interface of this machine.
   */
  set(endpoint: Endpoint): this {
    const [ip = "", zone] = endpoint.address.split("%");
    const family = ip.includes(":") ? AF_INET6 : AF_INET;
    this.bytes.fill(0);
    this.#words[0] = family;
    this.#view.setUint16(PORT, endpoint.port);
    const offset = family === AF_INET ? IPV4_ADDRESS : IPV6_ADDRESS;
    this.#libc.inetPton(family, cText(ip), this.bytes.subarray(offset));
    if (zone !== undefined) this.#scope[0] = this.#zoneIndex(zone);
    this.size[0] = family === AF_INET ? IPV4_BYTES : IPV6_BYTES;
    return this;
  }

  #zoneIndex(zone: string): number {
    const index = /^\d+$/.test(zone) ? Number(zone) : this.#libc.ifNameToIndex(cText(zone));
    if (index > 0) return index;
    throw new TypeError(`Cannot use address: there is no network interface "${zone}"`);
  }

  /** What stands here. */
  get(): Endpoint {
    const port = this.#view.getUint16(PORT);
    if (this.family !== AF_INET6) {
      const [a, b, c, d] = this.bytes.subarray(IPV4_ADDRESS, IPV4_ADDRESS + 4);
      return { address: `${a}.${b}.${c}.${d}`, port };
    }
    const ip = this.bytes.subarray(IPV6_ADDRESS, IPV6_SCOPE);
    this.#libc.inetNtop(AF_INET6, ip, this.#text, TEXT_BYTES);
    const address = new TextDecoder().decode(this.#text.subarray(0, this.#text.indexOf(0)));
    const scope = this.#scope[0] as number;
    return { address: scope === 0 ? address : `${address}%${scope}`, port };
  }
}

/** As C has it: with a zero at its end. */
function cText(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}
