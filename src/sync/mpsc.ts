/**
 * Channels: many senders, one receiver.
 *
 * @module
 */

import { CHANNEL_CAPACITY, PERMITS_AVAILABLE } from "../../assembly/shared/layout.ts";
import { PERMITS_MAX } from "../../assembly/shared/limits.ts";
import {
  SYNC_BLOCKED,
  SYNC_CLOSED,
  SYNC_DONE,
  SYNC_NO_MEMORY,
} from "../../assembly/shared/verdicts.ts";
import { context } from "../core/context.ts";
import { shownBy } from "../core/inspect.ts";
import { outcomeOf, stakesOf } from "../core/stakes.ts";
import { checkWhole } from "../error/check.ts";
import { ClosedError } from "../error/closed.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";
import { SendError } from "../error/send.ts";
import type { Future } from "../future/future.ts";
import { type WaitOptions, withSignal } from "../future/with-signal.ts";
import { sendable } from "../task/send.ts";
import { arrivalOf, End, firstSender, Receiving, Sending, SendingEnd } from "./channel.ts";
import { codecNamed } from "./codec.ts";
import { Handle, made, Origin } from "./handle.ts";
import { LocalValues } from "./local-values.ts";
import type { Codec } from "./message.ts";
import { registerEnd } from "./transfer.ts";
import { Wait } from "./wait.ts";

/** Both ends of a new channel. */
export interface Channel<T> {
  readonly sender: Sender<T>;
  readonly receiver: Receiver<T>;
}

/** Both ends of a new channel without a limit. */
export interface UnboundedChannel<T> {
  readonly sender: UnboundedSender<T>;
  readonly receiver: Receiver<T>;
}

/** There is no message now; there may be one later. */
export const Empty: unique symbol = Symbol("empty");
/** There is no message, and none will come. */
export const Disconnected: unique symbol = Symbol("disconnected");

/**
 * A channel with room for `capacity` messages; whoever sends more waits.
 *
 * Without a codec it stays on this worker, and carries the very values. With one, its ends may be
 * given to portable tasks and to guests' tasks, and what it carries is copied.
 *
 * @throws {RangeError} If `capacity` is no whole number from 1 to `Semaphore.MAX_PERMITS`.
 *
 * @example
 * ```ts
 * const { sender, receiver } = mpsc.channel<string>(1);
 * spawn(async () => {
 *   using _ends = sender;
 *   for (const word of ["one", "two"]) await sender.send(word);
 * });
 * for await (const word of receiver) console.log(word); // one
 * ```
 */
export function channel<T>(capacity: number, codec?: Codec<T>): Channel<T> {
  checkWhole("make channel", "capacity", capacity, 1, PERMITS_MAX);
  const receiver = open(capacity, codec);
  return { sender: new Sender(firstSender(receiver), receiver.codec), receiver };
}

/** A channel without a limit: to send never waits. Otherwise as {@linkcode channel}. */
export function unboundedChannel<T>(codec?: Codec<T>): UnboundedChannel<T> {
  const receiver = open(0, codec);
  return { sender: new UnboundedSender(firstSender(receiver), receiver.codec), receiver };
}

function open<T>(capacity: number, codec: Codec<T> = new LocalValues<T>()): Receiver<T> {
  const { thread } = context();
  const stake = thread.core.channelCreate(capacity, codec.blocks, stakesOf(thread));
  return new Receiver(made(thread, stake, "channel"), codec);
}

/**
 * The right to send to a channel. The channel ends once all senders are disposed.
 *
 * It belongs to one task: given to another one it moves there. For both to have one, give a
 * {@linkcode clone}.
 */
export class Sender<T> extends SendingEnd<T> {
  static {
    shownBy(Sender, ({ isClosed, capacity, maxCapacity }) => ({ isClosed, capacity, maxCapacity }));
  }

  get [sendable](): string {
    return SENDER;
  }

  /** How many messages may be sent now; `Infinity` without a limit. */
  get capacity(): number {
    const { maxCapacity } = this;
    if (maxCapacity === Number.POSITIVE_INFINITY) return maxCapacity;
    return this.thread.u32[(this.primitive("look at channel") + PERMITS_AVAILABLE) >> 2] as number;
  }

  /** How many messages there is room for; `Infinity` without a limit. */
  get maxCapacity(): number {
    const address = this.primitive("look at channel");
    return this.thread.u32[(address + CHANNEL_CAPACITY) >> 2] || Number.POSITIVE_INFINITY;
  }

  /**
   * Sends as soon as there is room, in the order in which senders came.
   *
   * **Cancel safety.** Giving the wait up loses the message, and the place in line. With
   * {@linkcode reserve} it is only the place.
   *
   * @throws {SendError} If nobody will receive it.
   * @throws {TypeError} If it is not what the channel's codec is for.
   * @throws {NotSendError} If a part of it cannot leave this worker, but is to.
   */
  send(value: T, options?: WaitOptions): Future<void> {
    return withSignal("send", new Sending(this, value), options);
  }

  /** Sends if there is room now. What is not taken is the caller's. */
  trySend(value: T): "ok" | "full" | "closed" {
    const verdict = sendNow(this, value);
    if (verdict === SYNC_DONE) return "ok";
    return verdict === SYNC_CLOSED ? "closed" : "full";
  }

  /**
   * Waits for room for one message.
   *
   * **Cancel safety.** Giving the wait up loses the place in line.
   *
   * @throws {ClosedError} If nobody will receive.
   */
  reserve(options?: WaitOptions): Future<Permit<T>> {
    return withSignal("reserve", new Reserving(this), options);
  }

  /** Another sender, for another task. */
  clone(): Sender<T> {
    return new Sender(this.another("senderCreate"), this.codec);
  }

  /** A sender without which the channel may end. */
  downgrade(): WeakSender<T> {
    return new WeakSender(this.another("senderCreateWeak"), this.codec);
  }
}

/** As {@linkcode Sender}, of a channel without a limit. */
export class UnboundedSender<T> extends SendingEnd<T> {
  static {
    shownBy(UnboundedSender, ({ isClosed }) => ({ isClosed }));
  }

  get [sendable](): string {
    return UNBOUNDED_SENDER;
  }

  /**
   * Sends. Never waits.
   *
   * @throws {SendError} If nobody will receive it.
   * @throws {TypeError} If it is not what the channel's codec is for.
   * @throws {NotSendError} If a part of it cannot leave this worker, but is to.
   */
  send(value: T): void {
    if (sendNow(this, value) === SYNC_CLOSED) throw new SendError(value);
  }

  /** Another sender, for another task. */
  clone(): UnboundedSender<T> {
    return new UnboundedSender(this.another("senderCreate"), this.codec);
  }
}

function sendNow<T>(end: SendingEnd<T>, value: T): number {
  const { thread, codec } = end;
  const address = end.primitive("send");
  const message = codec.write(thread, value);
  const verdict = thread.core.channelTrySend(address, message);
  thread.driver.kick();
  if (verdict !== SYNC_DONE) codec.discard(thread, message);
  if (verdict === SYNC_NO_MEMORY) throw new OutOfMemoryError("send");
  return verdict;
}

/** A sender that does not keep its channel open. */
export class WeakSender<T> extends SendingEnd<T> {
  /** A sender, if there is still another one. */
  upgrade(): Sender<T> | undefined {
    const { thread } = this;
    const stake = thread.core.senderUpgrade(this.primitive("upgrade sender"), stakesOf(thread));
    return stake === SYNC_CLOSED
      ? undefined
      : new Sender(made(thread, stake, "sender"), this.codec);
  }

  /** @internal */
  override get of(): undefined {
    return undefined;
  }
}

/** Room for one message, until it is sent or this is disposed. */
export class Permit<T> extends Handle {
  readonly #codec: Codec<T>;

  /** @internal */
  constructor(origin: Origin, codec: Codec<T>) {
    super(origin);
    this.#codec = codec;
  }

  /** Sends. If the receiver is gone meanwhile, nobody hears of it. */
  send(value: T): void {
    const { thread } = this;
    const stake = this.stake("send");
    thread.core.channelSendReserved(stake, this.#codec.write(thread, value));
    this[Symbol.dispose]();
  }
}

class Reserving<T> extends Wait<Permit<T>> {
  protected readonly action = "reserve";
  readonly #sender: Sender<T>;

  constructor(sender: Sender<T>) {
    super(sender.thread);
    this.#sender = sender;
  }

  protected override begin(target: number): number {
    const { core } = this.thread;
    const address = this.#sender.primitive(this.action);
    return core.channelReserve(address, 1, stakesOf(this.thread), target);
  }

  protected override settle(verdict: number): never {
    if (verdict === SYNC_CLOSED) throw new ClosedError("Cannot reserve: nobody will receive");
    throw new TypeError("Cannot reserve: the channel has no limit");
  }

  protected override finish(stake: number): Permit<T> {
    if (outcomeOf(this.thread, stake) !== SYNC_CLOSED) {
      return new Permit(new Origin(this.thread, stake), this.#sender.codec);
    }
    this.giveUp(stake);
    return this.settle(SYNC_CLOSED);
  }
}

/** The end of a channel, in place of a message. */
const END: unique symbol = Symbol("end");

/**
 * The right to receive from a channel: by {@linkcode recv}, or with `for await`. Once it is
 * disposed, messages that wait are dropped and senders are refused.
 *
 * It belongs to one task: given to another one it moves there.
 */
export class Receiver<T> extends End<T> implements AsyncIterable<T> {
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

  /**
   * Waits for the next message; undefined if none will come.
   *
   * **Cancel safety.** Nothing is lost.
   */
  recv(options?: WaitOptions): Future<T | undefined> {
    return withSignal("receive", new Receiving(this, undefined), options);
  }

  /**
   * Waits for a message, and takes those with it that are there by then, up to `limit` in all. None
   * if none will come.
   *
   * **Cancel safety.** Nothing is lost.
   */
  recvMany(limit: number, options?: WaitOptions): Future<T[]> {
    checkWhole("receive", "limit", limit, 1, Number.MAX_SAFE_INTEGER);
    return withSignal("receive", new ReceivingMany(this, limit), options);
  }

  /** The next message, if there is one now. */
  tryRecv(): T | typeof Empty | typeof Disconnected {
    const { thread } = this;
    const verdict = thread.core.channelTryReceive(this.primitive("receive"));
    if (verdict === SYNC_BLOCKED) return Empty;
    if (verdict === SYNC_CLOSED) return Disconnected;
    thread.driver.kick();
    return this.codec.read(thread, arrivalOf(thread));
  }

  /** Refuses what is sent from now on. Messages that are there can still be received. */
  close(): void {
    this.thread.core.channelClose(this.primitive("close channel"));
    this.thread.driver.kick();
  }

  /** All messages up to the channel's end. Leaving the loop early leaves the receiver as it is. */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return {
      next: async () => {
        const value = await new Receiving(this, END);
        return value === END ? { done: true, value: undefined } : { done: false, value };
      },
    };
  }

  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    if (this.codec instanceof LocalValues) this.codec.clear();
  }
}

class ReceivingMany<T> extends Receiving<T[], T[]> {
  readonly #receiver: Receiver<T>;
  readonly #limit: number;

  constructor(receiver: Receiver<T>, limit: number) {
    super(receiver as unknown as End<T[]>, []);
    this.#receiver = receiver;
    this.#limit = limit;
  }

  protected override settle(verdict: number): T[] {
    if (verdict === SYNC_CLOSED) return [];
    const first = this.#receiver.codec.read(this.thread, arrivalOf(this.thread));
    const messages = [first];
    while (messages.length < this.#limit) {
      const next = this.#receiver.tryRecv();
      if (next === Empty || next === Disconnected) break;
      messages.push(next);
    }
    return messages;
  }
}

const SENDER = registerEnd<Sender<unknown>>(
  "mpsc.Sender",
  Sender,
  (origin, of) => new Sender(origin, codecNamed(of)),
);
const UNBOUNDED_SENDER = registerEnd<UnboundedSender<unknown>>(
  "mpsc.UnboundedSender",
  UnboundedSender,
  (origin, of) => new UnboundedSender(origin, codecNamed(of)),
);
const RECEIVER = registerEnd<Receiver<unknown>>(
  "mpsc.Receiver",
  Receiver,
  (origin, of) => new Receiver(origin, codecNamed(of)),
);
