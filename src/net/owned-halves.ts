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
interface Pair {
  readonly backend: StreamBackend;
  /** Halves that are still held. The last one closes the socket. */
  held: number;
  readonly join: (backend: StreamBackend) => TcpStream;
}

/** The two halves of `backend`; `join` makes a stream of it again. */
export function ownedHalves(
  backend: StreamBackend,
  join: (backend: StreamBackend) => TcpStream,
): [OwnedReadHalf, OwnedWriteHalf] {
  const pair: Pair = { backend, held: 2, join };
  return [new OwnedReadHalf(pair), new OwnedWriteHalf(pair)];
}

/**
 * The reading half of `TcpStream.intoSplit`. Dispose it when done: the socket is closed with the
 * second half.
 */
export class OwnedReadHalf extends ReadHalf implements Disposable {
  readonly #pair: Pair;
  #isHeld = true;

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
    if (!this.#isHeld || !writeHalf.leaveForReunion(pair)) throw new ReuniteError(this, writeHalf);
    this.#leave("the halves were reunited");
    return pair.join(pair.backend);
  }

  /** Gives the half up. Harmless when done twice. */
  [Symbol.dispose](): void {
    if (!this.#isHeld) return;
    this.#leave("the read half is closed");
    if (this.#pair.held === 0) this.#pair.backend.close();
  }

  #leave(gone: string): void {
    this.#isHeld = false;
    this.#pair.held -= 1;
    this.backend = goneStream(this.#pair.backend, gone);
  }
}

/**
 * The writing half of `TcpStream.intoSplit`. Disposing it ends the direction of writing; use
 * {@linkcode forget} to let it open. The socket is closed with the second half.
 */
export class OwnedWriteHalf extends WriteHalf implements Disposable {
  readonly #pair: Pair;
  #isHeld = true;

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
    if (!this.#isHeld) return;
    this.#leave("the write half was forgotten");
    if (this.#pair.held === 0) this.#pair.backend.close();
  }

  /** Gives the half up and ends the direction of writing. Harmless when done twice. */
  [Symbol.dispose](): void {
    if (!this.#isHeld) return;
    this.#endWriting();
    this.#leave("the write half is closed");
    if (this.#pair.held === 0) this.#pair.backend.close();
  }

  /**
   * Gives the half up to the one of `pair`. False if it is not of that pair.
   *
   * @internal
   */
  leaveForReunion(pair: Pair): boolean {
    if (!this.#isHeld || this.#pair !== pair) return false;
    this.#leave("the halves were reunited");
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

  #leave(gone: string): void {
    this.#isHeld = false;
    this.#pair.held -= 1;
    this.backend = goneStream(this.#pair.backend, gone);
  }
}
