/**
 * A TCP connection of the std reactor: a `node:net` socket behind calls that do not wait.
 *
 * What comes in is kept until somebody reads it, up to a bound; then the socket is paused. What is
 * written is copied, and sent once a turn: a write per message would cost a system call each.
 *
 * @module
 */

import { connect, type OnReadOpts, Socket, type SocketConstructorOpts } from "node:net";
import { constants } from "node:os";
import {
  IO_ERROR,
  READ_CLOSED,
  READABLE,
  WRITABLE,
  WRITE_CLOSED,
} from "../../../assembly/shared/verdicts.ts";
import { clearReadiness } from "../../core/readiness.ts";
import type { Thread } from "../../core/thread.ts";
import type { NetError } from "../../error/net-error.ts";
import { UnsupportedError } from "../../error/unsupported.ts";
import type { ConnectSettings, Endpoint, StreamBackend, WouldBlock } from "../../net/backend.ts";
import { errorOf } from "../error-owner.ts";
import { fromNodeError, netError } from "../net-error.ts";
import { ReadAhead } from "../read-ahead.ts";
import type { StdReactor } from "./net.ts";

const WOULD_BLOCK: WouldBlock = -1;
/** Bytes read ahead before the socket is paused: what libuv reads at once. */
const READ_AHEAD_MAX = 65536;
/** Bytes taken and not yet sent before a write has to wait. As much as Linux takes at first. */
const WRITE_BEHIND_MAX = 65536;

export class StdStream implements StreamBackend {
  readonly thread: Thread;
  slot: number;
  gone = "";
  readonly #reactor: StdReactor;
  readonly #socket: Socket;
  /** Where `connect` was asked to go, until it has got there. */
  #goal: Endpoint | undefined;
  /** Where it was told to come from. */
  readonly #source: Endpoint | undefined;
  /** Thrown by the next call, once. */
  #error: Error | undefined;

  readonly #ahead = new ReadAhead();
  #hasEnded = false;
  #isPaused = false;

  /** What was written and not yet given to the socket. */
  #pending: Uint8Array[] = [];
  #bytesBehind = 0;
  /** Somebody was told to wait before writing. */
  #isFull = false;
  #shutdown: "no" | "asked" | "done" = "no";

  #nodelay = false;
  #keepalive = false;
  #keepaliveIdle = 0;
  #resetsOnClose = false;

  /** @param open Makes the socket, which is to hand over what it reads as told. */
  constructor(
    reactor: StdReactor,
    open: (onread: OnReadOpts) => Socket,
    goal?: Endpoint,
    source?: Endpoint,
  ) {
    this.thread = reactor.thread;
    this.#reactor = reactor;
    this.#goal = goal;
    this.#source = source;
    this.slot = reactor.add(this);
    clearReadiness(this.thread, this.slot, goal === undefined ? READABLE : READABLE | WRITABLE);
    this.#socket = open({
      buffer: reactor.readBuffer,
      callback: (count, buffer) => this.#onBytes(buffer.subarray(0, count)),
    });
    this.#socket.unref();
    if (goal === undefined) this.#rememberPeer();
    this.#listen();
  }

  /** Begins to connect. */
  static connect(reactor: StdReactor, to: Endpoint, settings: ConnectSettings): StdStream {
    const source = settings.from;
    const from = source && { localAddress: source.address, localPort: source.port };
    const target = { host: to.address, port: to.port, ...from };
    return new StdStream(
      reactor,
      (onread) => connect({ ...target, allowHalfOpen: true, onread }),
      to,
      source,
    );
  }

  /** Goes on with a connection that a server has accepted, and paused. */
  static accepted(reactor: StdReactor, socket: Socket): StdStream {
    return new StdStream(reactor, (onread) => reopen(socket, onread));
  }

  get about(): Endpoint | undefined {
    const { remoteAddress: address, remotePort: port } = this.#socket;
    return address === undefined || port === undefined ? this.#goal : { address, port };
  }

  tryEstablish(): boolean {
    this.#throwError();
    if (this.#goal === undefined) return true;
    clearReadiness(this.thread, this.slot, WRITABLE);
    return false;
  }

  tryRead(buffer: Uint8Array): number | WouldBlock {
    const filled = this.#ahead.take(buffer);
    if (filled === 0) return this.#readNothing();
    this.thread.countRead(filled);
    if (this.#ahead.bytes > 0) return filled;
    if (!this.#hasEnded) clearReadiness(this.thread, this.slot, READABLE);
    if (this.#isPaused) this.#resume();
    return filled;
  }

  tryPeek(buffer: Uint8Array): number | WouldBlock {
    const filled = this.#ahead.peek(buffer);
    return filled > 0 ? filled : this.#readNothing();
  }

  tryWrite(bytes: Uint8Array): number | WouldBlock {
    this.#throwError();
    if (this.#shutdown !== "no" || this.#socket.destroyed) {
      throw this.#failure("write", constants.errno.EPIPE);
    }
    const room = WRITE_BEHIND_MAX - this.#bytesBehind - this.#socket.writableLength;
    if (room <= 0) {
      this.#isFull = true;
      clearReadiness(this.thread, this.slot, WRITABLE);
      return WOULD_BLOCK;
    }
    const count = Math.min(bytes.length, room);
    // The caller may use the buffer again at once, and no socket may see shared memory: copy.
    const copy = Buffer.allocUnsafe(count);
    copy.set(count === bytes.length ? bytes : bytes.subarray(0, count));
    if (this.#pending.push(copy) === 1) this.#reactor.flushSoon(this);
    this.#bytesBehind += count;
    this.thread.countWrite(count);
    return count;
  }

  /** Gives the socket what was written. */
  flush(): void {
    const pending = this.#pending;
    if (pending.length === 0) return;
    const all = pending.length === 1 ? pending[0] : Buffer.concat(pending, this.#bytesBehind);
    this.#pending = [];
    this.#bytesBehind = 0;
    if (!this.#socket.destroyed) this.#socket.write(all as Uint8Array);
    // Otherwise "drain" will come.
    if (this.#isFull && !this.#socket.writableNeedDrain) this.#onDrain();
  }

  tryShutdown(): boolean {
    if (this.#socket.destroyed) return true;
    if (this.#shutdown === "no") {
      this.#shutdown = "asked";
      this.flush();
      clearReadiness(this.thread, this.slot, WRITABLE);
      this.#socket.end();
    }
    return this.#shutdown === "done";
  }

  localEndpoint(): Endpoint {
    const { localAddress: address, localPort: port } = this.#socket;
    if (address === undefined || port === undefined) {
      throw this.#failure("getsockname", constants.errno.ENOTCONN);
    }
    return { address, port };
  }

  peerEndpoint(): Endpoint {
    const peer = this.#goal === undefined ? this.about : undefined;
    if (peer === undefined) throw this.#failure("getpeername", constants.errno.ENOTCONN);
    return peer;
  }

  get nodelay(): boolean {
    return this.#nodelay;
  }
  set nodelay(on: boolean) {
    this.#nodelay = on;
    this.#socket.setNoDelay(on);
  }

  get keepalive(): boolean {
    return this.#keepalive;
  }
  set keepalive(on: boolean) {
    this.#keepalive = on;
    this.#socket.setKeepAlive(on, this.#keepaliveIdle * 1000);
  }

  setKeepaliveIdle(seconds: number): void {
    this.#keepaliveIdle = seconds;
    if (this.#keepalive) this.keepalive = true;
  }

  get linger(): number | undefined {
    return this.#resetsOnClose ? 0 : undefined;
  }
  set linger(seconds: number | undefined) {
    if (seconds !== undefined && seconds > 0) throw unsupported("setLinger other than 0");
    this.#resetsOnClose = seconds === 0;
  }

  get ttl(): number {
    throw unsupported("ttl");
  }
  set ttl(_hops: number) {
    throw unsupported("setTtl");
  }

  detach(): undefined {
    return undefined;
  }

  attach(): void {}

  close(gone = "the stream is closed"): void {
    if (this.slot === 0) return;
    this.gone = gone;
    const { slot } = this;
    this.slot = 0;
    this.#ahead.clear();
    this.flush();
    if (this.#resetsOnClose) this.#socket.resetAndDestroy();
    else if (this.#goal !== undefined) this.#socket.destroy();
    else this.#socket.destroySoon();
    this.#reactor.remove(this, slot);
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on("connect", () => {
      this.#goal = undefined;
      this.#rememberPeer();
      this.#raise(WRITABLE);
    });
    socket.on("end", () => {
      this.#hasEnded = true;
      this.#raise(READABLE | READ_CLOSED);
    });
    socket.on("drain", () => {
      if (this.#isFull) this.#onDrain();
    });
    socket.on("finish", () => {
      this.#shutdown = "done";
      this.#raise(WRITABLE | WRITE_CLOSED);
    });
    socket.on("error", (error) => {
      this.#error = errorOf(this, this.#explain(error));
      this.#raise(IO_ERROR | READ_CLOSED | WRITE_CLOSED);
    });
    socket.on("close", () => {
      this.#hasEnded = true;
      this.#raise(READABLE | READ_CLOSED | WRITE_CLOSED);
      this.#reactor.onGone();
    });
  }

  /** Keeps a copy of what has come: the buffer is all sockets' own. False pauses the socket. */
  #onBytes(bytes: Uint8Array): boolean {
    if (this.slot === 0) return true;
    const chunk = Buffer.allocUnsafe(bytes.length);
    chunk.set(bytes);
    this.#ahead.push(chunk);
    this.#isPaused = this.#ahead.bytes >= READ_AHEAD_MAX;
    this.#raise(READABLE);
    return !this.#isPaused;
  }

  #resume(): void {
    this.#isPaused = false;
    this.#socket.resume();
  }

  #onDrain(): void {
    this.#isFull = false;
    this.#raise(WRITABLE);
  }

  #raise(bits: number): void {
    this.#reactor.raise(this.slot, bits);
  }

  /** Nothing is left to read: why? */
  #readNothing(): number | WouldBlock {
    this.#throwError();
    if (this.#hasEnded) return 0;
    clearReadiness(this.thread, this.slot, READABLE);
    return WOULD_BLOCK;
  }

  #throwError(): void {
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) throw error;
  }

  /** Asked for now, the address is known after the connection has ended, too. */
  #rememberPeer(): void {
    void this.#socket.remoteAddress;
  }

  #failure(syscall: string, errno: number): Error {
    return errorOf(this, netError(syscall, errno, this.about));
  }

  #explain(error: NodeJS.ErrnoException): NetError {
    // libuv says that the address on this side is taken only as it connects.
    const isBind = error.syscall === "bind" || error.code === "EADDRINUSE";
    const source = isBind ? this.#source : undefined;
    return source ? fromNodeError(error, source, "bind") : fromNodeError(error, this.about);
  }
}

/**
 * The connection of `socket`, in a new one that reads into the given buffer.
 *
 * *Why*: a server's sockets allocate 64 KiB for every read and go through all of `node:stream`; so
 * does no socket with `onread`, an option that servers do not pass on. It saves 1 µs of 9 a round
 * trip. Where there is no handle to take, the socket is used as it is.
 */
function reopen(socket: Socket, onread: OnReadOpts): Socket {
  const inside = socket as unknown as { _handle: object | null };
  const handle = inside._handle;
  if (typeof handle !== "object" || handle === null) {
    socket.on("data", (chunk: Uint8Array) => {
      if (!onread.callback(chunk.length, chunk)) socket.pause();
    });
    return socket.resume();
  }
  inside._handle = null;
  // Without a handle this closes nothing, and has the server count one connection less.
  socket.destroy();
  return new Socket({ handle, allowHalfOpen: true, onread } as SocketConstructorOpts);
}

function unsupported(feature: string): UnsupportedError {
  return new UnsupportedError(`TcpStream.${feature}`, "the std reactor", "the linux reactor");
}
