/**
 * TCP connections.
 *
 * @module
 */

import { context } from "../core/context.ts";
import {
  checkBoolean,
  checkMade,
  checkOptions,
  checkSignal,
  checkWhole,
  optionNames,
  outOfRange,
  wrongType,
} from "../error/check.ts";
import type { Future } from "../future/future.ts";
import { sendable } from "../task/send.ts";
import type { Endpoint, StreamBackend } from "./backend.ts";
import { Establish } from "./establish.ts";
import { alive, goneStream, ReadHalf, ReadSide, WriteHalf, WriteSide } from "./halves.ts";
import { canonicalIp } from "./ip.ts";
import { Lookup } from "./lookup.ts";
import { type OwnedReadHalf, type OwnedWriteHalf, ownedHalves } from "./owned-halves.ts";
import { reactorOf } from "./reactor.ts";
import { SocketAddr, type SocketAddrLike, type ToSocketAddrs } from "./socket-addr.ts";

/** How to connect. */
export interface ConnectOptions {
  /** Gives up when it aborts: `connect` then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Where the connection comes from: an IP address, with or without a port. */
  readonly localAddress?: string | SocketAddrLike | undefined;
}

/** How to keep a silent connection alive. */
export interface KeepaliveOptions {
  /** Milliseconds of silence before the first probe, in whole seconds. By default 2 hours. */
  readonly idleMs?: number;
}

const CONNECT_NAMES = optionNames<ConnectOptions>({ signal: 0, localAddress: 0 });

/** The name under which streams move between workers. */
export const TCP_STREAM = "tokiwa.TcpStream";

/** The socket of a stream, for those who move streams. */
export let socketOf: (stream: TcpStream) => StreamBackend;

/**
 * A connection to another program. Close it, or have `using` do it.
 *
 * It belongs to the thread where it was made. With the Linux reactor it can be sent to a portable
 * task, whose worker it then moves to; with the std reactor it stays.
 *
 * What is written waits for what was written before, unless {@linkcode setNodelay} is set: set it
 * for requests and answers.
 *
 * @example Asking and hearing
 * ```ts
 * using listener = await TcpListener.bind("127.0.0.1:0");
 * using stream = await TcpStream.connect(listener.localAddr);
 * using peer = (await listener.accept()).stream;
 *
 * await stream.writeAll(new TextEncoder().encode("hello"));
 * await stream.shutdown();
 * console.log(new TextDecoder().decode(await peer.readToEnd())); // hello
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the static block keeps the promise.
export class TcpStream extends ReadSide implements Disposable {
  static {
    socketOf = (stream) => stream.backend;
    // A class has one parent, and a stream is both of its sides.
    const { constructor: _, ...writing } = Object.getOwnPropertyDescriptors(WriteSide.prototype);
    Object.defineProperties(TcpStream.prototype, writing);
  }

  /**
   * Made by {@linkcode TcpStream.connect} and by `TcpListener.accept`.
   *
   * @internal
   */
  constructor(backend: StreamBackend) {
    super(checkMade("TcpStream", backend, "TcpStream.connect"));
  }

  /**
   * Connects to `addr`; the addresses of a host name are tried in the system's order.
   *
   * **Cancel safety.** A connection that is given up is closed. Nothing is lost.
   *
   * @throws {TypeError} At once, if `addr` or `localAddress` names no address, or an option does
   * not exist.
   * @throws {RangeError} At once, if a port is not a whole number from 0 to 65535.
   * @throws {Error} At once, if the runtime was built without io.
   * @throws {ClosedError} If the runtime has shut down.
   * @throws {NetError} If no address answers: `code` is ECONNREFUSED, ETIMEDOUT or ENOTFOUND, say.
   * @throws `options.signal.reason`, if the signal aborts before.
   */
  static connect(addr: ToSocketAddrs, options: ConnectOptions = {}): Future<TcpStream> {
    const action = "connect";
    const lookup = new Lookup(addr, action);
    const { signal, localAddress } = checkOptions(action, options, CONNECT_NAMES);
    const from = localAddress === undefined ? undefined : sourceOf(localAddress, action);
    const reactor = reactorOf(context().thread);
    return new Establish({
      action,
      lookup,
      signal: checkSignal(action, signal),
      begin: (at) => reactor.connect(at, { from }),
      finish: (backend) => new TcpStream(backend),
    });
  }

  /** A half for each direction, to be used side by side. They live as long as this stream. */
  split(): [ReadHalf, WriteHalf] {
    const backend = alive(this.backend, "split");
    return [new ReadHalf(backend), new WriteHalf(backend)];
  }

  /**
   * Takes the stream apart for good: each half can be given to somebody else. This object cannot
   * be used afterwards.
   */
  intoSplit(): [OwnedReadHalf, OwnedWriteHalf] {
    const backend = alive(this.backend, "split");
    this.backend = goneStream(backend, "the stream was split");
    return ownedHalves(backend, (whole) => new TcpStream(whole));
  }

  /** Are small writes sent at once, instead of waiting for what was sent to arrive? */
  get nodelay(): boolean {
    return alive(this.backend, "get nodelay").nodelay;
  }

  /** Sends small writes at once. Off at first, as the system has it. */
  setNodelay(on: boolean): void {
    alive(this.backend, "set nodelay").nodelay = checkBoolean("set nodelay", "on", on);
  }

  /** Is a silent connection kept alive by probes? */
  get keepalive(): boolean {
    return alive(this.backend, "get keepalive").keepalive;
  }

  /**
   * Sends probes over a silent connection, so that a dead one is noticed. Off at first.
   *
   * @throws {RangeError} If `idleMs` is not a whole number of seconds from 1 to 32767.
   */
  setKeepalive(on: boolean, options: KeepaliveOptions = {}): void {
    const backend = alive(this.backend, "set keepalive");
    const { idleMs } = checkOptions("set keepalive", options, ["idleMs"]);
    checkBoolean("set keepalive", "on", on);
    if (idleMs !== undefined) {
      backend.setKeepaliveIdle(wholeSeconds("set keepalive", "idleMs", idleMs, 1));
    }
    backend.keepalive = on;
  }

  /** What {@linkcode setLinger} has set. */
  get linger(): number | undefined {
    const seconds = alive(this.backend, "get linger").linger;
    return seconds === undefined ? undefined : seconds * 1000;
  }

  /**
   * What closing does with bytes that were not sent yet. Undefined, as at first: they are sent
   * behind the scenes. 0: they are thrown away, and the other side sees a reset. More: `close`
   * blocks the thread for up to so many milliseconds, in whole seconds.
   *
   * @throws {RangeError} If `lingerMs` is not a whole number of seconds from 0 to 32767.
   * @throws {UnsupportedError} On the std reactor, for more than 0.
   */
  setLinger(lingerMs: number | undefined): void {
    const backend = alive(this.backend, "set linger");
    backend.linger =
      lingerMs === undefined ? undefined : wholeSeconds("set linger", "lingerMs", lingerMs, 0);
  }

  /** How many routers a packet may pass. */
  get ttl(): number {
    return alive(this.backend, "get ttl").ttl;
  }

  /**
   * Limits how many routers a packet may pass: 1 to 255.
   *
   * @throws {RangeError} If `hops` is no such number.
   * @throws {UnsupportedError} On the std reactor.
   */
  setTtl(hops: number): void {
    checkWhole("set ttl", "hops", hops, 1, 255);
    alive(this.backend, "set ttl").ttl = hops;
  }

  /**
   * Closes the connection. What was written is still sent; whoever waits for the stream hears that
   * it is closed. Harmless when done twice.
   */
  close(): void {
    this.backend.close();
  }

  /** Same as {@linkcode close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Under which name streams move between workers. */
  get [sendable](): string {
    return TCP_STREAM;
  }
}

/** The methods that the class takes over. */
export interface TcpStream extends WriteSide {}

/** Where to come from: an address, whose port the system chooses if it is left out. */
function sourceOf(local: string | SocketAddrLike, action: string): Endpoint {
  if (typeof local === "string") {
    return canonicalIp(local) === undefined ? SocketAddr.parse(local) : new SocketAddr(local, 0);
  }
  if (typeof local?.address === "string") return new SocketAddr(local.address, local.port);
  throw wrongType(action, "localAddress", "an IP address or a SocketAddr", local);
}

/** The system takes whole seconds, in 15 bits. */
function wholeSeconds(action: string, name: string, ms: number, least: number): number {
  const seconds = typeof ms === "number" ? ms / 1000 : Number.NaN;
  if (Number.isInteger(seconds) && seconds >= least && seconds <= 32767) return seconds;
  const range = `whole seconds from ${least * 1000} to 32767000`;
  throw outOfRange(action, name, `milliseconds that make ${range}`, ms);
}
