/**
 * Where a socket is: an IP address and a port.
 *
 * @module
 */

import { checkWhole, show, unexpected, wrongType } from "../error/check.ts";
import { canonicalIp } from "./ip.ts";

/** Whatever names one or more socket addresses: text, a pair, an address, or a list of these. */
export type ToSocketAddrs =
  | string
  | readonly [host: string, port: number]
  | SocketAddrLike
  | readonly SocketAddrLike[];

/** An address as Node writes it. */
export interface SocketAddrLike {
  readonly address: string;
  readonly port: number;
}

/** What {@linkcode ToSocketAddrs} says: addresses, or a name that has to be looked up. */
export type AddrTarget = readonly SocketAddr[] | { readonly host: string; readonly port: number };

/**
 * An IP address and a port. Equal addresses have equal text.
 *
 * @example Both families
 * ```ts
 * const addr = SocketAddr.parse("[0:0::1]:80");
 * console.log(addr.address, addr.port, `${addr}`); // ::1 80 [::1]:80
 * ```
 */
export class SocketAddr implements SocketAddrLike {
  /** The IP address, without brackets. */
  readonly address: string;
  /** 0 to 65535. */
  readonly port: number;
  readonly family: "IPv4" | "IPv6";

  /**
   * @param address An IP address, without brackets; not a host name.
   * @param port 0 to 65535.
   * @throws {TypeError} If `address` is not an IP address.
   * @throws {RangeError} If `port` is not a port.
   */
  constructor(address: string, port: number) {
    const ip = typeof address === "string" ? canonicalIp(address) : undefined;
    if (ip === undefined) {
      throw new TypeError(`Cannot make address: ${show(address)} is not an IP address`);
    }
    checkPort(port, "make address");
    this.address = ip.address;
    this.port = port;
    this.family = ip.family === 4 ? "IPv4" : "IPv6";
  }

  /**
   * Reads `1.2.3.4:80` or `[::1]:80`.
   *
   * @throws {TypeError} If it is neither.
   * @throws {RangeError} If the port is above 65535.
   */
  static parse(text: string): SocketAddr {
    const target = parseTarget(text, "parse address");
    if (Array.isArray(target)) return target[0];
    throw new TypeError(`Cannot parse address: ${show(text)} holds a host name, not an IP address`);
  }

  get isIpv4(): boolean {
    return this.family === "IPv4";
  }

  get isIpv6(): boolean {
    return this.family === "IPv6";
  }

  /** True for the same address and port. */
  equals(other: SocketAddrLike): boolean {
    if (typeof other?.address !== "string") {
      throw unexpected("compare address", "a SocketAddr", other);
    }
    return this.port === other.port && this.address === canonicalIp(other.address)?.address;
  }

  /** `1.2.3.4:80` or `[::1]:80`. */
  toString(): string {
    return this.isIpv4 ? `${this.address}:${this.port}` : `[${this.address}]:${this.port}`;
  }
}

/**
 * Understands whatever names an address.
 *
 * @param action What it is for, such as `bind listener`: errors begin with it.
 * @throws {TypeError} If `addr` names no address.
 * @throws {RangeError} If a port is not a whole number from 0 to 65535.
 */
export function readTarget(addr: ToSocketAddrs, action: string): AddrTarget {
  if (typeof addr === "string") return parseTarget(addr, action);
  if (isPair(addr)) return hostTarget(addr[0], addr[1], action);
  if (isList(addr)) {
    if (addr.length === 0) throw new TypeError(`Cannot ${action}: the list of addresses is empty`);
    return addr.flatMap((each) => toAddresses(each, action));
  }
  if (typeof addr === "object" && addr !== null && typeof addr.address === "string") {
    return hostTarget(addr.address, addr.port, action);
  }
  throw badAddress(addr, action);
}

function isPair(addr: unknown): addr is readonly [string, number] {
  return Array.isArray(addr) && addr.length === 2 && typeof addr[0] === "string";
}

function isList(addr: unknown): addr is readonly SocketAddrLike[] {
  return Array.isArray(addr);
}

function toAddresses(addr: SocketAddrLike, action: string): readonly SocketAddr[] {
  const target = typeof addr === "object" ? readTarget(addr, action) : undefined;
  if (Array.isArray(target)) return target;
  throw badAddress(addr, action);
}

function parseTarget(text: string, action: string): AddrTarget {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d+)$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) throw badAddress(text, action);
  const target = hostTarget(host, Number(port), action);
  if (bracketed !== undefined && !Array.isArray(target)) throw badAddress(text, action);
  return target;
}

function hostTarget(host: string, port: number, action: string): AddrTarget {
  checkPort(port, action);
  if (host === "") throw new TypeError(`Cannot ${action}: the host is empty`);
  return canonicalIp(host) === undefined ? { host, port } : [new SocketAddr(host, port)];
}

function checkPort(port: unknown, action: string): void {
  checkWhole(action, "port", port, 0, 65535);
}

function badAddress(found: unknown, action: string): TypeError {
  return wrongType(
    action,
    "address",
    '"host:port", "[ipv6]:port", [host, port] or a SocketAddr',
    found,
  );
}
