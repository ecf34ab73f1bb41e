/**
 * The halves of a stream that was taken apart for good: each can go its own way.
 *
 * @module
 */

import { unexpected } from "../error/check.ts";
import { NetError } from "../error/net-error.ts";
import { ReuniteError } from "../error/reunite.ts";
import type { StreamBackend } from "./backend.ts";
import { goneStream, ReadHalf, WriteHalf } from "./halves.ts";
import type { TcpStream } from "./tcp-stream.ts";

/** What two halves have in common. */
class Pair {
  readonly backend: StreamBackend;
  readonly join: (backend: StreamBackend) => TcpStream;
  /** Halves that have not been given up. */
  #held = 2;

  constructor(backend: StreamBackend, join: (backend: StreamBackend) => TcpStream) {
    this.backend = backend;
    this.join = join;
  }

  /** One half is given up, for `gone`. Returns what it has in place of the socket from now on. */
  leave(gone: string): StreamBackend {
    this.#held -= 1;
    return goneStream(this.backend, gone);
  }

  /** Closes the socket if that was the second half. */
  closeIfLast(): void {
    if (this.#held === 0) this.backend.close();
  }
}

/** The two halves of `backend`; `join` makes a stream of it again. */
export function ownedHalves(
  backend: StreamBackend,
  join: (backend: StreamBackend) => TcpStream,
): [OwnedReadHalf, OwnedWriteHalf] {
  const pair = new Pair(backend, join);
  return [new OwnedReadHalf(pair), new OwnedWriteHalf(pair)];
}

/**
 * The reading half of `TcpStream.intoSplit`. Dispose it when done: the socket is closed with the
 * second half.
 */
export class OwnedReadHalf extends ReadHalf implements Disposable {
  /** Undefined once the half is given up. */
  #pair: Pair | undefined;

  /** Made by `TcpStream.intoSplit`. */
  constructor(pair: Pair) {
    super(pair.backend);
    this.#pair = pair;
  }

  /**
   * Makes one stream of the two halves again. Neither can be used afterwards.
   *
   * @throws {ReuniteError} If they are not of the same stream. Both stay as they are.
   */
  reunite(writeHalf: OwnedWriteHalf): TcpStream {
    const pair = this.#pair;
    if (!(writeHalf instanceof OwnedWriteHalf)) {
      throw unexpected("reunite halves", "an OwnedWriteHalf", writeHalf);
    }
    if (pair === undefined || !writeHalf.leaveForReunion(pair)) {
      throw new ReuniteError(this, writeHalf);
    }
    this.#leave(pair, "the halves were reunited");
    return pair.join(pair.backend);
  }

  /** Gives the half up. Harmless when done twice. */
  [Symbol.dispose](): void {
    const pair = this.#pair;
    if (pair === undefined) return;
    this.#leave(pair, "the read half is closed");
    pair.closeIfLast();
  }

  #leave(pair: Pair, gone: string): void {
    this.#pair = undefined;
    this.backend = pair.leave(gone);
  }
}

/**
 * The writing half of `TcpStream.intoSplit`. Disposing it ends the direction of writing; use
 * {@linkcode forget} to let it open. The socket is closed with the second half.
 */
export class OwnedWriteHalf extends WriteHalf implements Disposable {
  /** Undefined once the half is given up. */
  #pair: Pair | undefined;

  /** Made by `TcpStream.intoSplit`. */
  constructor(pair: Pair) {
    super(pair.backend);
    this.#pair = pair;
  }

  /**
   * Makes one stream of the two halves again. Neither can be used afterwards.
   *
   * @throws {ReuniteError} If they are not of the same stream. Both stay as they are.
   */
  reunite(readHalf: OwnedReadHalf): TcpStream {
    if (!(readHalf instanceof OwnedReadHalf)) {
      throw unexpected("reunite halves", "an OwnedReadHalf", readHalf);
    }
    return readHalf.reunite(this);
  }

  /** Gives the half up without ending the direction of writing. */
  forget(): void {
    const pair = this.#pair;
    if (pair === undefined) return;
    this.#leave(pair, "the write half was forgotten");
    pair.closeIfLast();
  }

  /** Gives the half up and ends the direction of writing. Harmless when done twice. */
  [Symbol.dispose](): void {
    const pair = this.#pair;
    if (pair === undefined) return;
    this.#endWriting();
    this.#leave(pair, "the write half is closed");
    pair.closeIfLast();
  }

  /**
   * Gives the half up to the one of `pair`. False if it is not of that pair.
   *
   * @internal
   */
  leaveForReunion(pair: Pair): boolean {
    if (this.#pair !== pair) return false;
    this.#leave(pair, "the halves were reunited");
    return true;
  }

  #endWriting(): void {
    if (this.backend.slot === 0) return;
    try {
      this.backend.tryShutdown();
    } catch (reason) {
      // A connection that has failed needs no end; its reader hears of the failure.
      if (!(reason instanceof NetError)) throw reason;
    }
  }

  #leave(pair: Pair, gone: string): void {
    this.#pair = undefined;
    this.backend = pair.leave(gone);
  }
}
