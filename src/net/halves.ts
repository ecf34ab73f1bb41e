/**
 * The two directions of a stream, apart: reading here, writing there.
 *
 * @module
 */

import { READABLE, WRITABLE } from "../../assembly/shared/verdicts.ts";
import { shownBy } from "../core/inspect.ts";
import { readinessOf } from "../core/readiness.ts";
import { checkMade, checkOptions, checkWhole } from "../error/check.ts";
import { ClosedError } from "../error/closed.ts";
import type { Future } from "../future/future.ts";
import { type SocketBackend, type StreamBackend, WOULD_BLOCK } from "./backend.ts";
import { checkBytes, checkBytesList } from "./bytes.ts";
import { interestOf } from "./operation.ts";
import { Read, ReadExact, ReadToEnd } from "./read.ts";
import { type Ready, WaitReady } from "./ready.ts";
import { SocketAddr } from "./socket-addr.ts";
import {
  isEmpty,
  Shutdown,
  tryWriteVectored,
  Write,
  WriteAll,
  WriteAllVectored,
  WriteVectored,
} from "./write.ts";

/** How much to read to the end. */
export interface ReadToEndOptions {
  /** Bytes that may come at most. Without it: as many as memory holds. */
  readonly limit?: number;
}

/** What a stream and each of its directions know. */
abstract class Side {
  static {
    shownBy(Side, ({ localAddr, peerAddr }) => ({
      localAddr: `${localAddr}`,
      peerAddr: `${peerAddr}`,
    }));
  }

  /** Replaced by one that is gone when the half is given up. */
  protected backend: StreamBackend;

  constructor(backend: StreamBackend) {
    this.backend = checkMade("half", backend, "TcpStream.split");
  }

  /**
   * The address of this side.
   *
   * @throws {ClosedError} If the stream is closed.
   */
  get localAddr(): SocketAddr {
    const { address, port } = alive(this.backend, "get local address").localEndpoint();
    return new SocketAddr(address, port);
  }

  /**
   * The address of the other side.
   *
   * @throws {ClosedError} If the stream is closed.
   * @throws {NetError} If the connection has ended before anybody asked: `code` is ENOTCONN.
   */
  get peerAddr(): SocketAddr {
    const { address, port } = alive(this.backend, "get peer address").peerEndpoint();
    return new SocketAddr(address, port);
  }

  /**
   * Waits until the stream is ready for any of what `interest` names. What it then is ready for
   * may be more, and it may turn out not to be ready after all: a hint for `tryRead`, `tryWrite`.
   *
   * **Cancel safety.** Nothing is lost.
   *
   * @param interest `Interest.READABLE`, `Interest.WRITABLE`, or both joined by `|`.
   * @throws {RangeError} At once, if it is none of them.
   * @throws {ClosedError} If the stream is closed, before or during the wait.
   */
  ready(interest: number): Future<Ready> {
    return new WaitReady(this.backend, interest);
  }
}

/** What can be read from: a stream, and the reading half of one. */
export abstract class ReadSide extends Side {
  /**
   * Reads up to `buffer.length` bytes: as many as have come, at least one. 0 at the end of the
   * stream, or if the buffer is empty.
   *
   * **Cancel safety.** Nothing is lost: a read that is given up has read nothing.
   *
   * @throws {TypeError} At once, if `buffer` is not a Uint8Array.
   * @throws {ClosedError} If the stream is closed on this side, before or during the wait.
   * @throws {NetError} If the connection failed: `code` is ECONNRESET or ETIMEDOUT, say.
   */
  read(buffer: Uint8Array): Future<number> {
    return new Read(this.backend, checkBytes(buffer, "read"), "read");
  }

  /**
   * Reads until `buffer` is full. Its length is the value.
   *
   * **Cancel safety.** None: what has been read stands in `buffer`, and nobody says how much.
   *
   * @throws {TypeError} At once, if `buffer` is not a Uint8Array.
   * @throws {UnexpectedEndError} If the stream ends before.
   * @throws As {@linkcode read}.
   */
  readExact(buffer: Uint8Array): Future<number> {
    return new ReadExact(this.backend, checkBytes(buffer, "read"));
  }

  /**
   * Reads everything up to the end of the stream.
   *
   * **Cancel safety.** None: what has been read is lost.
   *
   * @throws {RangeError} At once, if `limit` is not a whole number of 0 or more; later, if more
   * than that comes.
   * @throws As {@linkcode read}.
   */
  readToEnd(options: ReadToEndOptions = {}): Future<Uint8Array> {
    const { limit = Infinity } = checkOptions("read to end", options, ["limit"]);
    if (limit !== Infinity) checkWhole("read to end", "limit", limit, 0, Number.MAX_SAFE_INTEGER);
    return new ReadToEnd(this.backend, limit);
  }

  /**
   * As {@linkcode read}, but the bytes stay to be read again.
   *
   * **Cancel safety.** Nothing is lost.
   */
  peek(buffer: Uint8Array): Future<number> {
    return new Read(this.backend, checkBytes(buffer, "peek"), "peek");
  }

  /**
   * Waits until there may be something to read, or the end of the stream, or an error.
   *
   * **Cancel safety.** Nothing is lost.
   */
  readable(): Future<Ready> {
    return this.ready(READABLE);
  }

  /**
   * Reads what has come already; undefined if that is nothing. Never waits.
   *
   * @throws As {@linkcode read}.
   */
  tryRead(buffer: Uint8Array): number | undefined {
    const backend = alive(this.backend, "read");
    if (checkBytes(buffer, "read").length === 0) return 0;
    if (!isReady(backend, READABLE)) return undefined;
    const count = backend.tryRead(buffer);
    return count === WOULD_BLOCK ? undefined : count;
  }
}

/** What can be written to: a stream, and the writing half of one. */
export abstract class WriteSide extends Side {
  /**
   * Writes from `bytes` what there is room for, at least one byte, and returns how many.
   *
   * **Cancel safety.** Nothing is lost: a write that is given up has written nothing.
   *
   * @throws {TypeError} At once, if `bytes` is not a Uint8Array.
   * @throws {ClosedError} If the stream is closed on this side, before or during the wait.
   * @throws {NetError} If the connection failed: `code` is EPIPE or ECONNRESET, say.
   */
  write(bytes: Uint8Array): Future<number> {
    return new Write(this.backend, checkBytes(bytes, "write"));
  }

  /**
   * Writes all of `bytes`. Do not change them before it is done.
   *
   * **Cancel safety.** None: some of the bytes may have been written, and nobody says how many.
   *
   * @throws As {@linkcode write}.
   */
  writeAll(bytes: Uint8Array): Future<void> {
    return new WriteAll(this.backend, checkBytes(bytes, "write"));
  }

  /**
   * As {@linkcode write}, from several buffers as if they were one.
   *
   * **Cancel safety.** Nothing is lost.
   */
  writeVectored(list: readonly Uint8Array[]): Future<number> {
    return new WriteVectored(this.backend, checkBytesList(list, "write"));
  }

  /**
   * As {@linkcode writeAll}, one buffer after the other.
   *
   * **Cancel safety.** None: some of the bytes may have been written, and nobody says how many.
   */
  writeAllVectored(list: readonly Uint8Array[]): Future<void> {
    return new WriteAllVectored(this.backend, checkBytesList(list, "write"));
  }

  /**
   * Waits until there may be room to write, or an error.
   *
   * **Cancel safety.** Nothing is lost.
   */
  writable(): Future<Ready> {
    return this.ready(WRITABLE);
  }

  /**
   * Writes what there is room for now; undefined if there is none. Never waits.
   *
   * @throws As {@linkcode write}.
   */
  tryWrite(bytes: Uint8Array): number | undefined {
    const backend = alive(this.backend, "write");
    if (checkBytes(bytes, "write").length === 0) return 0;
    if (!isReady(backend, WRITABLE)) return undefined;
    const count = backend.tryWrite(bytes);
    return count === WOULD_BLOCK ? undefined : count;
  }

  /** As {@linkcode tryWrite}, from several buffers as if they were one. */
  tryWriteVectored(list: readonly Uint8Array[]): number | undefined {
    const backend = alive(this.backend, "write");
    if (isEmpty(checkBytesList(list, "write"))) return 0;
    if (!isReady(backend, WRITABLE)) return undefined;
    const count = tryWriteVectored(backend, list);
    return count === WOULD_BLOCK ? undefined : count;
  }

  /**
   * Ends the direction of writing: the other side reads to the end. Reading goes on. Harmless when
   * done again, or after the other side has reset the connection.
   *
   * **Cancel safety.** The stream may have been ended all the same.
   *
   * @throws {ClosedError} If the stream is closed.
   */
  shutdown(): Future<void> {
    return new Shutdown(this.backend);
  }
}

/** The reading direction of a stream. It lives as long as the stream that was split. */
export class ReadHalf extends ReadSide {}

/** The writing direction of a stream. It lives as long as the stream that was split. */
export class WriteHalf extends WriteSide {}

/**
 * `backend`, unless it is gone.
 *
 * @throws {ClosedError} If it is.
 */
export function alive<B extends SocketBackend>(backend: B, action: string): B {
  if (backend.slot !== 0) return backend;
  throw new ClosedError(`Cannot ${action}: ${backend.gone}`);
}

/** Stands where a stream was. Only the reason, and to close, is ever asked of what is gone. */
export function goneStream(was: StreamBackend, gone: string): StreamBackend {
  const reason = was.slot === 0 ? was.gone : gone;
  return {
    thread: was.thread,
    slot: 0,
    gone: reason,
    close() {},
  } as Partial<StreamBackend> as StreamBackend;
}

function isReady(backend: StreamBackend, bits: number): boolean {
  return (readinessOf(backend.thread, backend.slot) & interestOf(bits)) !== 0;
}
