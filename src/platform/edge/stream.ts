/**
 * A TCP connection of workerd: its web streams behind calls that do not wait.
 *
 * What comes in is read ahead up to a bound. What is written is copied, and sent once a turn.
 *
 * @module
 */

import { connect, type Socket } from "cloudflare:sockets";
import {
  IO_ERROR,
  READ_CLOSED,
  READABLE,
  WRITABLE,
  WRITE_CLOSED,
} from "../../../assembly/shared/verdicts.ts";
import { clearReadiness } from "../../core/readiness.ts";
import type { Thread } from "../../core/thread.ts";
import { NetError } from "../../error/net-error.ts";
import { UnsupportedError } from "../../error/unsupported.ts";
import type { Endpoint, StreamBackend, WouldBlock } from "../../net/backend.ts";
import { errorOf } from "../error-owner.ts";
import type { RaisedReactor } from "../raised-reactor.ts";
import { ReadAhead } from "../read-ahead.ts";
import { hostOf } from "./names.ts";

const WOULD_BLOCK: WouldBlock = -1;
/** Bytes read ahead before reading stops. */
const READ_AHEAD_MAX = 65536;
/** Bytes taken and not yet sent before a write has to wait. */
const WRITE_BEHIND_MAX = 65536;
/** The system's numbers for what the platform only describes. */
const ERRNO = { EPIPE: -32, ENOTCONN: -107, ECONNREFUSED: -111, ECONNRESET: -104 } as const;

export class EdgeStream implements StreamBackend {
  readonly thread: Thread;
  slot: number;
  gone = "";
  readonly about: Endpoint;
  readonly #reactor: RaisedReactor;
  readonly #socket: Socket;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #isConnected = false;
  /** Thrown by the next call, once. */
  #error: NetError | undefined;
  readonly #ahead = new ReadAhead();
  #isReading = false;
  #hasEnded = false;
  /** What was written and not yet given to the socket. */
  #pending: Uint8Array[] = [];
  #bytesBehind = 0;
  #shutdown: "no" | "asked" | "done" = "no";

  constructor(reactor: RaisedReactor, to: Endpoint) {
    this.thread = reactor.thread;
    this.about = to;
    this.#reactor = reactor;
    this.slot = reactor.add(this);
    clearReadiness(this.thread, this.slot, READABLE | WRITABLE);
    const target = { hostname: hostOf(to.address), port: to.port };
    this.#socket = connect(target, { allowHalfOpen: true, secureTransport: "off" });
    this.#reader = this.#socket.readable.getReader();
    this.#writer = this.#socket.writable.getWriter();
    this.#socket.opened.then(() => this.#onOpen(), this.#onError);
    this.#socket.closed.catch(() => {}).then(reactor.onGone);
  }

  tryEstablish(): boolean {
    this.#throwError();
    if (!this.#isConnected) clearReadiness(this.thread, this.slot, WRITABLE);
    return this.#isConnected;
  }

  tryRead(buffer: Uint8Array): number | WouldBlock {
    const filled = this.#ahead.take(buffer);
    if (filled === 0) return this.#readNothing();
    this.thread.countRead(filled);
    if (this.#ahead.bytes === 0 && !this.#hasEnded) {
      clearReadiness(this.thread, this.slot, READABLE);
    }
    void this.#readOn();
    return filled;
  }

  tryPeek(buffer: Uint8Array): number | WouldBlock {
    const filled = this.#ahead.peek(buffer);
    return filled > 0 ? filled : this.#readNothing();
  }

  tryWrite(bytes: Uint8Array): number | WouldBlock {
    this.#throwError();
    if (this.#shutdown !== "no") throw this.#failure("write", "EPIPE");
    const room = WRITE_BEHIND_MAX - this.#bytesBehind;
    if (room <= 0) {
      clearReadiness(this.thread, this.slot, WRITABLE);
      return WOULD_BLOCK;
    }
    const copy = bytes.slice(0, room);
    if (this.#pending.push(copy) === 1) this.#reactor.flushSoon(this);
    this.#bytesBehind += copy.length;
    this.thread.countWrite(copy.length);
    return copy.length;
  }

  /** Gives the socket what was written. */
  flush(): void {
    for (const chunk of this.#pending) {
      this.#writer.write(chunk).then(() => this.#onSent(chunk.length), this.#onError);
    }
    this.#pending = [];
  }

  tryShutdown(): boolean {
    if (this.#shutdown === "no") {
      this.#shutdown = "asked";
      this.flush();
      clearReadiness(this.thread, this.slot, WRITABLE);
      this.#writer
        .close()
        .catch(() => {})
        .then(() => {
          this.#shutdown = "done";
          this.#raise(WRITABLE | WRITE_CLOSED);
        });
    }
    return this.#shutdown === "done";
  }

  localEndpoint(): never {
    throw new UnsupportedError("TcpStream.localAddr", "edge");
  }

  peerEndpoint(): Endpoint {
    if (!this.#isConnected) throw this.#failure("getpeername", "ENOTCONN");
    return this.about;
  }

  /** What the platform sends, it sends at once. */
  readonly nodelay = true;
  get keepalive(): boolean {
    return false;
  }
  set keepalive(_on: boolean) {
    throw new UnsupportedError("TcpStream.setKeepalive", "edge", "messages of the protocol");
  }

  setKeepaliveIdle(): void {}

  get linger(): undefined {
    return undefined;
  }
  set linger(_seconds: number | undefined) {
    throw new UnsupportedError("TcpStream.setLinger", "edge");
  }

  get ttl(): number {
    throw new UnsupportedError("TcpStream.ttl", "edge");
  }
  set ttl(_hops: number) {
    throw new UnsupportedError("TcpStream.setTtl", "edge");
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
    const sent = this.#isConnected && this.#shutdown === "no" ? this.#writer.close() : undefined;
    void Promise.resolve(sent)
      .finally(() => this.#socket.close())
      .catch(() => {});
    this.#reactor.remove(this, slot);
  }

  #onOpen(): void {
    this.#isConnected = true;
    this.#raise(WRITABLE);
    void this.#readOn();
  }

  /** Reads until there is enough, or nothing more to come. */
  async #readOn(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.slot !== 0 && !this.#hasEnded && this.#ahead.bytes < READ_AHEAD_MAX) {
        const { value, done } = await this.#reader.read();
        if (this.slot === 0) return;
        if (value !== undefined) this.#ahead.push(value);
        this.#hasEnded = done;
        this.#raise(done ? READABLE | READ_CLOSED : READABLE);
      }
    } catch (cause) {
      this.#onError(cause);
    } finally {
      this.#isReading = false;
    }
  }

  #onSent(bytes: number): void {
    this.#bytesBehind -= bytes;
    this.#raise(WRITABLE);
  }

  readonly #onError = (cause: unknown) => {
    if (this.slot === 0) return;
    this.#hasEnded = true;
    this.#error = this.#isConnected
      ? this.#failure("read", "ECONNRESET", cause)
      : this.#failure("connect", "ECONNREFUSED", cause);
    this.#raise(IO_ERROR | READ_CLOSED | WRITE_CLOSED);
  };

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

  #failure(syscall: string, code: keyof typeof ERRNO, cause?: unknown): NetError {
    const { address, port } = this.about;
    return errorOf(
      this,
      new NetError({ code, errno: ERRNO[code], syscall, address: hostOf(address), port, cause }),
    );
  }
}
