/**
 * Channels for one message, from one sender to one receiver.
 *
 * @module
 */

import { SYNC_BLOCKED, SYNC_CLOSED, SYNC_DONE } from "../../assembly/shared/verdicts.ts";
import { context } from "../core/context.ts";
import { shownBy } from "../core/inspect.ts";
import { stakesOf } from "../core/stakes.ts";
import { ClosedError } from "../error/closed.ts";
import type { Future } from "../future/future.ts";
import { type WaitOptions, withSignal } from "../future/with-signal.ts";
import { sendable } from "../task/send.ts";
import { arrivalOf, End, firstSender, Receiving, SendingEnd } from "./channel.ts";
import { codecNamed } from "./codec.ts";
import { made } from "./handle.ts";
import { LocalValues } from "./local-values.ts";
import type { Codec } from "./message.ts";
import { registerEnd } from "./transfer.ts";

/** Both ends of a new channel for one message. */
export interface Channel<T> {
  readonly sender: Sender<T>;
  readonly receiver: Receiver<T>;
}

/**
 * A channel for one message. As for `mpsc.channel`, it stays on this worker unless it has a codec.
 *
 * @example
 * ```ts
 * const { sender, receiver } = oneshot.channel<number>();
 * spawn(async () => sender.send(42));
 * console.log(await receiver.recv()); // 42
 * ```
 */
export function channel<T>(codec: Codec<T> = new LocalValues<T>()): Channel<T> {
  const { thread } = context();
  const stake = thread.core.oneshotCreate(codec.blocks, stakesOf(thread));
  const receiver = new Receiver(made(thread, stake, "channel"), codec);
  return { sender: new Sender(firstSender(receiver), codec), receiver };
}

/**
 * The right to send once. One that is disposed without having sent ends the channel.
 *
 * It belongs to one task: given to another one it moves there.
 */
export class Sender<T> extends SendingEnd<T> {
  static {
    shownBy(Sender, ({ isClosed }) => ({ isClosed }));
  }

  get [sendable](): string {
    return SENDER;
  }

  /**
   * Sends, and gives the sender up. False if nobody will receive it. Never waits.
   *
   * @throws {TypeError} If it is not what the channel's codec is for.
   */
  send(value: T): boolean {
    const { thread, codec } = this;
    const stake = this.stake("send");
    const message = codec.write(thread, value);
    this.detach();
    const isSent = thread.core.oneshotSend(stake, message) === SYNC_DONE;
    if (!isSent) codec.discard(thread, message);
    thread.driver.kick();
    return isSent;
  }
}

/**
 * The right to receive once. Once it is disposed, the sender is refused.
 *
 * It belongs to one task: given to another one it moves there.
 */
export class Receiver<T> extends End<T> {
  static {
    shownBy(Receiver, ({ isClosed }) => ({ isClosed }));
  }

  get [sendable](): string {
    return RECEIVER;
  }

  /**
   * Waits for the message.
   *
   * **Cancel safety.** Nothing is lost.
   *
   * @throws {ClosedError} If the sender has gone without sending, or the message was taken.
   */
  recv(options?: WaitOptions): Future<T> {
    return withSignal("receive", new ReceivingOnce(this), options);
  }

  /**
   * The message, if it is there; else undefined.
   *
   * @throws {ClosedError} If it will not come, or was taken.
   */
  tryRecv(): T | undefined {
    const { thread } = this;
    const verdict = thread.core.channelTryReceive(this.primitive("receive"));
    if (verdict === SYNC_BLOCKED) return undefined;
    if (verdict === SYNC_CLOSED) throw noMessage();
    return this.codec.read(thread, arrivalOf(thread));
  }

  /** Refuses what is sent from now on. A message that is there can still be received. */
  close(): void {
    this.thread.core.channelClose(this.primitive("close channel"));
    this.thread.driver.kick();
  }

  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    if (this.codec instanceof LocalValues) this.codec.clear();
  }
}

class ReceivingOnce<T> extends Receiving<T, never> {
  constructor(receiver: Receiver<T>) {
    super(receiver, undefined as never);
  }

  protected override settle(verdict: number): T {
    if (verdict === SYNC_CLOSED) throw noMessage();
    return super.settle(verdict);
  }
}

function noMessage(): ClosedError {
  return new ClosedError("Cannot receive: the sender is gone, and there is no message");
}

const SENDER = registerEnd<Sender<unknown>>(
  "oneshot.Sender",
  Sender,
  (origin, of) => new Sender(origin, codecNamed(of)),
);
const RECEIVER = registerEnd<Receiver<unknown>>(
  "oneshot.Receiver",
  Receiver,
  (origin, of) => new Receiver(origin, codecNamed(of)),
);
