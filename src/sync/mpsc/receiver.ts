/**
 * The receiving end of a channel for many messages.
 *
 * @module
 */

import { shownBy } from "../../core/inspect.ts";
import { checkOptions, checkWhole } from "../../error/check.ts";
import { blockOn } from "../../future/block-on.ts";
import type { Future } from "../../future/future.ts";
import { type WaitOptions, withSignal } from "../../future/with-signal.ts";
import { sendable } from "../../task/send.ts";
import { ReceivingEnd } from "../channel.ts";
import { END, iterate } from "../iterate.ts";
import type { Disconnected, Empty } from "../medium.ts";
import type { Queue } from "./queue.ts";

/** How to receive many messages at once. */
export interface RecvManyOptions<T> extends WaitOptions {
  /** What to put them behind; it is then the result. A new array if left out. */
  readonly into?: T[] | undefined;
}

/**
 * The right to receive from a channel: by {@linkcode recv}, or with `for await`. Once it is
 * disposed, messages that wait are dropped and senders are refused.
 *
 * It belongs to one task: given to another one it moves there.
 */
export class Receiver<T> extends ReceivingEnd<T, Queue<T>> implements AsyncIterable<T> {
  static {
    shownBy(Receiver, ({ isClosed, length }) => ({ isClosed, length }));
  }

  get [sendable](): string {
    return "tokiwa.mpsc.Receiver";
  }

  /** How many messages are there. */
  get length(): number {
    return this.medium.length(this);
  }

  /** How many messages may be sent now; `Infinity` without a limit. */
  get capacity(): number {
    return this.medium.capacity(this);
  }

  /** How many messages there is room for in all; `Infinity` without a limit. */
  get maxCapacity(): number {
    return this.medium.maxCapacity(this);
  }

  /** How many senders there are. */
  get senderStrongCount(): number {
    return this.medium.senders(this);
  }

  /** How many weak ones there are. */
  get senderWeakCount(): number {
    return this.medium.weakSenders(this);
  }

  /**
   * Waits for the next message; undefined if none will come: all senders are gone, or
   * {@linkcode close} was called, no permit is out, and all messages were received.
   *
   * **Cancel safety.** Nothing is lost.
   */
  recv(options?: WaitOptions): Future<T | undefined> {
    return withSignal("receive", this.receive(undefined), options);
  }

  /**
   * Waits for a message, and takes those with it that are there by then, up to `limit` in all. None
   * if none will come, or `limit` is 0.
   *
   * **Cancel safety.** Nothing is lost.
   *
   * @throws {RangeError} At once, if `limit` is no whole number from 0.
   */
  recvMany(limit: number, options: RecvManyOptions<T> = {}): Future<T[]> {
    checkWhole("receive", "limit", limit, 0, Number.MAX_SAFE_INTEGER);
    const { into = [], signal } = checkOptions("receive", options, ["signal", "into"]);
    return withSignal("receive", this.medium.receiveMany(this, limit, into), { signal });
  }

  /** The next message, if there is one now. */
  tryRecv(): T | typeof Empty | typeof Disconnected {
    return this.receiveNow();
  }

  /**
   * As {@linkcode recv}, with this thread asleep until there is a message: in a blocking job, or
   * outside of all tasks.
   *
   * @throws {Error} In any other task, whose worker it would block.
   */
  blockingRecv(): T | undefined {
    return blockOn(this.thread, this.recv());
  }

  /** As {@linkcode recvMany}, with this thread asleep as in {@linkcode blockingRecv}. */
  blockingRecvMany(limit: number, options?: Omit<RecvManyOptions<T>, "signal">): T[] {
    return blockOn(this.thread, this.recvMany(limit, options));
  }

  /**
   * All messages up to the channel's end. Leaving the loop early loses nothing and leaves the
   * receiver as it is, for another loop or another {@linkcode recv}.
   */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return iterate(() => this.receive(END));
  }

  /**
   * The next message, or `none` if no more will come.
   *
   * @internal
   */
  receive<N>(none: N): Future<T | N> {
    return this.medium.receive(this, none);
  }
}
