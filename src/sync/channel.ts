/**
 * Ends of channels: what they have in common, and how messages are sent and received.
 *
 * @module
 */

import {
  PRIMITIVE_CLOSED,
  type PRIMITIVE_SENDERS,
  type PRIMITIVE_WEAK_SENDERS,
  WORKER_MESSAGE,
} from "../../assembly/shared/layout.ts";
import {
  SYNC_BLOCKED,
  SYNC_CLOSED,
  SYNC_DONE,
  SYNC_NO_MEMORY,
} from "../../assembly/shared/verdicts.ts";
import { outcomeOf, primitiveOf, stakesOf } from "../core/stakes.ts";
import type { Thread } from "../core/thread.ts";
import { SendError } from "../error/send.ts";
import type { Future } from "../future/future.ts";
import { type WaitOptions, withSignal } from "../future/with-signal.ts";
import { giveUpWhenForgotten } from "./forgotten.ts";
import { Handle, made, type Origin } from "./handle.ts";
import { LocalValues } from "./local-values.ts";
import { type Codec, LocalCodec } from "./message.ts";
import { AGAIN, Wait } from "./wait.ts";

/** There is no message now; there may be one later. */
export const Empty: unique symbol = Symbol("empty");
/** There is no message, and none will come. */
export const Disconnected: unique symbol = Symbol("disconnected");

/** An end of a channel for messages of type `T`. */
export abstract class End<T> extends Handle {
  /** @internal */
  readonly codec: Codec<T>;
  readonly #origin: Origin;

  /** @internal */
  constructor(origin: Origin, codec: Codec<T>) {
    super(origin);
    this.codec = codec;
    this.#origin = origin;
    giveUpWhenForgotten(this, origin);
  }

  /** @internal */
  override attach(stake: number): void {
    super.attach(stake);
    giveUpWhenForgotten(this, this.#origin);
  }

  /** @internal */
  get of(): string | undefined {
    return this.codec instanceof LocalCodec ? undefined : this.codec.name;
  }

  /** Will nobody send, or nobody take, any more? There may be messages left all the same. */
  get isClosed(): boolean {
    return Boolean(this.thread.core.channelIsClosed(this.primitive("look at channel")));
  }

  /** Are both of one channel? */
  sameChannel(other: End<T>): boolean {
    const action = "compare channels";
    return this.thread === other.thread && this.primitive(action) === other.primitive(action);
  }

  /** @internal */
  protected countOf(field: typeof PRIMITIVE_SENDERS | typeof PRIMITIVE_WEAK_SENDERS): number {
    return this.thread.u32[(this.primitive("look at channel") + field) >> 2] as number;
  }
}

/** What all have that may send. */
export abstract class SendingEnd<T> extends End<T> {
  /**
   * Waits until nobody will receive any more.
   *
   * **Cancel safety.** Nothing is lost.
   */
  closed(options?: WaitOptions): Future<void> {
    return withSignal("wait for the close", new Closed(this), options);
  }

  /** @internal */
  protected another(make: "senderCreate" | "senderCreateWeak"): Origin {
    const { thread } = this;
    const address = this.primitive("clone sender");
    return made(thread, thread.core[make](address, stakesOf(thread)), "sender");
  }
}

/** What all have that may receive. */
export abstract class ReceivingEnd<T> extends End<T> {
  /** Is there no message now? */
  get isEmpty(): boolean {
    return this.thread.core.channelLength(this.primitive("look at channel")) === 0;
  }

  /**
   * Refuses what is sent from now on. Messages that are there can still be received, and so can
   * those that are sent with permits which are out.
   */
  close(): void {
    this.thread.core.channelClose(this.primitive("close channel"));
    this.thread.driver.kick();
  }

  /** Gives it up: messages that wait are dropped, and senders are refused. */
  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    if (this.codec instanceof LocalValues) this.codec.clear();
  }

  /** @internal */
  protected receiveNow(): T | typeof Empty | typeof Disconnected {
    const { thread } = this;
    const verdict = thread.core.channelTryReceive(this.primitive("receive"));
    if (verdict === SYNC_BLOCKED) return Empty;
    if (verdict === SYNC_CLOSED) return Disconnected;
    thread.driver.kick();
    return this.codec.read(thread, arrivalOf(thread));
  }
}

/** Where this thread's last message has come to. */
export function arrivalOf(thread: Thread): number {
  return thread.worker + WORKER_MESSAGE;
}

export class Closed extends Wait<void> {
  protected get action() {
    return "wait for the close";
  }

  readonly #end: Handle;

  constructor(end: Handle) {
    super(end.thread);
    this.#end = end;
  }

  protected override begin(target: number): number {
    const { core } = this.thread;
    return core.primitiveClosed(this.#end.primitive(this.action), stakesOf(this.thread), target);
  }

  protected override settle(): void {}

  protected override finish(stake: number): void | typeof AGAIN {
    const isClosed = this.thread.bytes[primitiveOf(this.thread, stake) + PRIMITIVE_CLOSED];
    this.giveUp(stake);
    // Of a broadcast or a watch: somebody has subscribed meanwhile.
    if (!isClosed) return AGAIN;
  }
}

/** Sends. It waits for room only, so that whoever gives up has not sent. */
export class Sending<T> extends Wait<void> {
  protected get action() {
    return "send";
  }

  readonly #end: End<T>;
  readonly #value: T;
  /** Set from the first attempt on until it is somebody else's. */
  #message: bigint | undefined;

  constructor(end: End<T>, value: T) {
    super(end.thread);
    this.#end = end;
    this.#value = value;
  }

  protected override begin(target: number): number {
    const { thread } = this;
    const address = this.#end.primitive(this.action);
    this.#message ??= this.#end.codec.write(thread, this.#value);
    const stakes = stakesOf(thread);
    return thread.core.channelSendOrReserve(address, this.#message, stakes, target);
  }

  protected override settle(verdict: number): void {
    if (verdict === SYNC_DONE) this.#message = undefined;
    else this.#refuse();
  }

  protected override finish(stake: number): void {
    const isRefused = outcomeOf(this.thread, stake) === SYNC_CLOSED;
    if (!isRefused) this.thread.core.channelSendReserved(stake, this.#message as bigint);
    this.giveUp(stake);
    this.settle(isRefused ? SYNC_CLOSED : SYNC_DONE);
  }

  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    this.#discard();
  }

  #refuse(): never {
    this.#discard();
    throw new SendError(this.#value);
  }

  #discard(): void {
    const message = this.#message;
    this.#message = undefined;
    if (message === undefined || this.thread.isClosed) return;
    this.#end.codec.discard(this.thread, message);
  }
}

/** A new channel's sender. If there is no memory for it, the receiver is given up as well. */
export function firstSender(receiver: End<unknown>): Origin {
  const { thread } = receiver;
  const address = receiver.primitive("make channel");
  const stake = thread.core.senderCreate(address, stakesOf(thread));
  if (stake === SYNC_NO_MEMORY) receiver[Symbol.dispose]();
  return made(thread, stake, "channel");
}

/** Gives the next message, or `none` if no more will come. */
export class Receiving<T, N> extends Wait<T | N> {
  protected get action() {
    return "receive";
  }

  readonly #end: End<T>;
  readonly #none: N;

  constructor(end: End<T>, none: N) {
    super(end.thread);
    this.#end = end;
    this.#none = none;
  }

  protected override begin(target: number): number {
    const { core } = this.thread;
    return core.channelReceive(this.#end.primitive(this.action), stakesOf(this.thread), target);
  }

  protected override settle(verdict: number): T | N {
    if (verdict === SYNC_CLOSED) return this.#none;
    return this.#end.codec.read(this.thread, arrivalOf(this.thread));
  }

  protected override finish(stake: number): typeof AGAIN {
    this.giveUp(stake);
    return AGAIN;
  }
}
