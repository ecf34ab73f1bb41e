/**
 * Channels for one message, from one sender to one receiver.
 *
 * @module
 */

import { context } from "../core/context.ts";
import { shownBy } from "../core/inspect.ts";
import { stakesOf } from "../core/stakes.ts";
import { blockOn } from "../future/block-on.ts";
import type { Future } from "../future/future.ts";
import { type WaitOptions, withSignal } from "../future/with-signal.ts";
import { sendable } from "../task/send.ts";
import { ReceivingEnd, SendingEnd } from "./channel.ts";
import { made } from "./handle.ts";
import { Disconnected, Empty } from "./medium.ts";
import { type Codec, checkCodec } from "./message.ts";
import { LocalSlot } from "./oneshot/local-slot.ts";
import type { Slot } from "./oneshot/slot.ts";
import { firstSender } from "./shared-intake.ts";

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
export function channel<T>(codec?: Codec<T>): Channel<T> {
  checkCodec("make channel", codec);
  const { thread } = context();
  if (codec === undefined) {
    const slot = new LocalSlot<T>(thread);
    const receiver = new Receiver(slot.receiver(), slot);
    return { sender: new Sender(slot.firstSender(), slot), receiver };
  }
  const slot = codec.slot();
  const stake = thread.core.oneshotCreate(codec.blocks, stakesOf(thread));
  const receiver = new Receiver(made(thread, stake, "channel"), slot);
  return { sender: new Sender(firstSender(receiver), slot), receiver };
}

/**
 * The right to send once. One that is disposed without having sent ends the channel.
 *
 * It belongs to one task: given to another one it moves there.
 */
export class Sender<T> extends SendingEnd<T, Slot<T>> {
  static {
    shownBy(Sender, ({ isClosed }) => ({ isClosed }));
  }

  get [sendable](): string {
    return "tokiwa.oneshot.Sender";
  }

  /**
   * Sends, and gives the sender up. False if nobody will receive it. Never waits.
   *
   * @throws {TypeError} If it is not what the channel's codec is for.
   */
  send(value: T): boolean {
    return this.medium.send(this, value);
  }
}

/**
 * The right to receive once. Disposed before, it refuses the sender; once it has received, or has
 * found that nothing will come, it need not be disposed.
 *
 * It belongs to one task: given to another one it moves there.
 */
export class Receiver<T> extends ReceivingEnd<T, Slot<T>> {
  static {
    shownBy(Receiver, ({ isTerminated }) => ({ isTerminated }));
  }

  #isTerminated = false;

  get [sendable](): string {
    return "tokiwa.oneshot.Receiver";
  }

  /** Has it received the message, or found that none will come? */
  get isTerminated(): boolean {
    return this.#isTerminated;
  }

  /** Is there no message now? */
  override get isEmpty(): boolean {
    return this.#isTerminated || super.isEmpty;
  }

  /** Is the sender gone, or refused? There may be a message all the same. */
  override get isClosed(): boolean {
    return this.#isTerminated || super.isClosed;
  }

  /**
   * Waits for the message.
   *
   * **Cancel safety.** Nothing is lost.
   *
   * @throws {ClosedError} If the sender has gone without sending, or the message was taken.
   */
  recv(options?: WaitOptions): Future<T> {
    return withSignal("receive", this.medium.receive(this), options);
  }

  /** The message, if it is there now. */
  tryRecv(): T | typeof Empty | typeof Disconnected {
    if (this.#isTerminated) return Disconnected;
    const found = this.receiveNow();
    if (found !== Empty) this.terminate();
    return found;
  }

  /**
   * As {@linkcode recv}, with this thread asleep until the message is there: in a blocking job, or
   * outside of all tasks.
   *
   * @throws {ClosedError} If the sender has gone without sending, or the message was taken.
   * @throws {Error} In any other task, whose worker it would block.
   */
  blockingRecv(): T {
    return blockOn(this.thread, this.recv());
  }

  /** Refuses what is sent from now on. A message that is there can still be received. */
  override close(): void {
    if (!this.#isTerminated) super.close();
  }

  /** @internal */
  terminate(): void {
    this.#isTerminated = true;
    this[Symbol.dispose]();
  }
}

export { Disconnected, Empty };
