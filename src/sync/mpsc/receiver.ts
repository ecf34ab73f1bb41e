/**
 * The receiving end of a channel for many messages.
 *
 * @module
 */

import {
  CHANNEL_CAPACITY,
  PRIMITIVE_SENDERS,
  PRIMITIVE_WEAK_SENDERS,
} from "../../../assembly/shared/layout.ts";
import { SYNC_CLOSED } from "../../../assembly/shared/verdicts.ts";
import { shownBy } from "../../core/inspect.ts";
import type { Thread } from "../../core/thread.ts";
import { checkOptions, checkWhole } from "../../error/check.ts";
import { blockOn } from "../../future/block-on.ts";
import type { Future, Pending, Waker } from "../../future/future.ts";
import { type WaitOptions, withSignal } from "../../future/with-signal.ts";
import { sendable } from "../../task/send.ts";
import { arrivalOf, Disconnected, Empty, type End, Receiving, ReceivingEnd } from "../channel.ts";
import { codecNamed } from "../codec.ts";
import { END, iterate } from "../iterate.ts";
import { registerEnd } from "../transfer.ts";

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
export class Receiver<T> extends ReceivingEnd<T> implements AsyncIterable<T> {
  static {
    shownBy(Receiver, ({ isClosed, length }) => ({ isClosed, length }));
  }

  get [sendable](): string {
    return RECEIVER;
  }

  /** How many messages are there. */
  get length(): number {
    return this.thread.core.channelLength(this.primitive("look at channel"));
  }

  /** How many messages may be sent now; `Infinity` without a limit. */
  get capacity(): number {
    const { maxCapacity } = this;
    if (maxCapacity === Number.POSITIVE_INFINITY) return maxCapacity;
    return this.thread.core.semaphoreAvailable(this.primitive("look at channel"));
  }

  /** How many messages there is room for in all; `Infinity` without a limit. */
  get maxCapacity(): number {
    const address = this.primitive("look at channel");
    return this.thread.u32[(address + CHANNEL_CAPACITY) >> 2] || Number.POSITIVE_INFINITY;
  }

  /** How many senders there are. */
  get senderStrongCount(): number {
    return this.countOf(PRIMITIVE_SENDERS);
  }

  /** How many weak ones there are. */
  get senderWeakCount(): number {
    return this.countOf(PRIMITIVE_WEAK_SENDERS);
  }

  /**
   * Waits for the next message; undefined if none will come: all senders are gone, or
   * {@linkcode close} was called, no permit is out, and all messages were received.
   *
   * **Cancel safety.** Nothing is lost.
   */
  recv(options?: WaitOptions): Future<T | undefined> {
    return withSignal("receive", new Receiving(this, undefined), options);
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
    return withSignal("receive", new ReceivingMany(this, limit, into), { signal });
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
    return iterate(() => new Receiving(this, END));
  }
}

class ReceivingMany<T> extends Receiving<T[], T[]> {
  readonly #receiver: Receiver<T>;
  readonly #limit: number;
  readonly #messages: T[];

  constructor(receiver: Receiver<T>, limit: number, messages: T[]) {
    super(receiver as unknown as End<T[]>, messages);
    this.#receiver = receiver;
    this.#limit = limit;
    this.#messages = messages;
  }

  override poll(waker: Waker): T[] | Pending {
    return this.#limit === 0 ? this.#messages : super.poll(waker);
  }

  protected override settle(verdict: number): T[] {
    const messages = this.#messages;
    if (verdict === SYNC_CLOSED) return messages;
    messages.push(this.#receiver.codec.read(this.thread, arrivalOf(this.thread)));
    const most = this.#limit - 1;
    const batch = this.#receiver.codec.blocks ? 0 : batchOf(this.thread);
    if (batch !== 0) this.#takeBatches(batch, most);
    else this.#takeSingly(most);
    return messages;
  }

  /** Only of messages that are read without fail: else the rest of a batch would be lost. */
  #takeBatches(batch: number, most: number): void {
    const { thread } = this;
    const { codec } = this.#receiver;
    const address = this.#receiver.primitive(this.action);
    for (let left = most; left > 0; ) {
      const asked = Math.min(left, BATCH_SLOTS);
      const came = thread.core.channelTakeMany(address, batch, asked);
      for (let slot = 0; slot < came; slot++) {
        this.#messages.push(codec.read(thread, batch + slot * MESSAGE_BYTES));
      }
      left = came < asked ? 0 : left - came;
    }
    thread.driver.kick();
  }

  #takeSingly(most: number): void {
    for (let count = 0; count < most; count++) {
      const next = this.#receiver.tryRecv();
      if (next === Empty || next === Disconnected) return;
      this.#messages.push(next);
    }
  }
}

/** How many messages are taken from the core at once, at most. */
const BATCH_SLOTS = 64;
const MESSAGE_BYTES = 8;

const batches = new WeakMap<Thread, number>();

/** Where this thread has messages put that it takes; 0 if there is no memory for it. */
function batchOf(thread: Thread): number {
  const found = batches.get(thread);
  if (found !== undefined) return found;
  const block = thread.core.allocate(BATCH_SLOTS * MESSAGE_BYTES);
  if (block === 0) return 0;
  thread.keepBlock(block);
  batches.set(thread, block);
  return block;
}

const RECEIVER = registerEnd<Receiver<unknown>>(
  "mpsc.Receiver",
  Receiver,
  (origin, of) => new Receiver(origin, codecNamed(of)),
);
