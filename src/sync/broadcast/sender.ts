/**
 * The sending ends of broadcasts.
 *
 * @module
 */

import { BROADCAST_RECEIVERS } from "../../../assembly/shared/layout.ts";
import { BROADCAST_CAPACITY_MAX } from "../../../assembly/shared/limits.ts";
import { SYNC_CLOSED } from "../../../assembly/shared/verdicts.ts";
import { context } from "../../core/context.ts";
import { shownBy } from "../../core/inspect.ts";
import { primitiveOf, stakesOf } from "../../core/stakes.ts";
import { checkWhole } from "../../error/check.ts";
import { SendError } from "../../error/send.ts";
import { sendable } from "../../task/send.ts";
import { CountedSender } from "../counted-sender.ts";
import { made, Origin } from "../handle.ts";
import { LocalRing } from "../local-ring.ts";
import { type Codec, checkCodec, slotOf, type Writer } from "../message.ts";
import { SharedMedium } from "../shared-medium.ts";
import { type Receiver, subscribe } from "./receiver.ts";

/**
 * The right to send. The broadcast ends once all senders are disposed.
 *
 * It belongs to one task: given to another one it moves there. For both to have one, give a
 * {@linkcode clone}.
 */
export class Sender<T> extends CountedSender<T, SharedMedium<T>> {
  static {
    shownBy(Sender, ({ receiverCount, length }) => ({ receiverCount, length }));
  }

  get [sendable](): string {
    return "tokiwa.broadcast.Sender";
  }

  /** That of a new broadcast, which nobody receives yet. It keeps messages as that of
   * {@linkcode channel} does. */
  constructor(capacity: number, codec?: Codec<T>);
  /** @internal */
  constructor(origin: Origin, medium: SharedMedium<T>);
  constructor(from: number | Origin, by?: Codec<T> | SharedMedium<T>) {
    const codec = by instanceof SharedMedium ? by.codec : by;
    const origin = from instanceof Origin ? from : create(from, codec);
    const ring = () => new LocalRing<T>(primitiveOf(origin.thread, origin.stake));
    super(origin, by instanceof SharedMedium ? by : new SharedMedium(codec ?? ring()));
  }

  /** How many receivers there are. */
  get receiverCount(): number {
    const address = this.primitive("look at broadcast");
    return this.thread.u32[(address + BROADCAST_RECEIVERS) >> 2] as number;
  }

  /** How many messages are kept that some receiver has not seen. */
  get length(): number {
    return this.thread.core.broadcastLength(this.primitive("look at broadcast"));
  }

  /** Has every receiver seen all that was sent? */
  get isEmpty(): boolean {
    return this.length === 0;
  }

  /**
   * Sends to all receivers that there are; returns how many. Never waits: if there is no room, the
   * oldest message is lost to those who have not seen it.
   *
   * @throws {SendError} If there are no receivers.
   * @throws {TypeError} If it is not what the broadcast's codec is for.
   * @throws {NotSendError} If a part of it cannot leave this worker, but is to.
   */
  send(value: T): number {
    const { thread } = this;
    const { codec } = this.medium;
    const address = this.primitive("send");
    const message = codec.encode(thread, value);
    if (thread.core.broadcastSend(address, message) === SYNC_CLOSED) {
      codec.discard(thread, message);
      throw new SendError(value);
    }
    thread.driver.kick();
    return thread.u32[slotOf(thread) >> 2] as number;
  }

  /** A receiver of what is sent from now on. */
  subscribe(): Receiver<T> {
    return subscribe(this);
  }

  /** Another sender, for another task. */
  clone(): Sender<T> {
    return new Sender(this.medium.addSender(this), this.medium);
  }

  /** A sender without which the broadcast may end. */
  downgrade(): WeakSender<T> {
    return new WeakSender(this.medium.addWeakSender(this), this.medium);
  }
}

function create(capacity: number, codec: Writer<unknown> | undefined): Origin {
  checkCodec("make broadcast", codec);
  checkWhole("make broadcast", "capacity", capacity, 1, BROADCAST_CAPACITY_MAX);
  const { thread } = context();
  const stake = thread.core.broadcastCreate(capacity, codec?.blocks ?? false, stakesOf(thread));
  return made(thread, stake, "broadcast");
}

/** A sender that does not keep its broadcast open, nor sends by itself. */
export class WeakSender<T> extends CountedSender<T, SharedMedium<T>> {
  get [sendable](): string {
    return "tokiwa.broadcast.WeakSender";
  }

  /** A sender, if there is still another one. */
  upgrade(): Sender<T> | undefined {
    const origin = this.medium.upgrade(this);
    return origin && new Sender(origin, this.medium);
  }

  /** Another one, for another task. */
  clone(): WeakSender<T> {
    return new WeakSender(this.medium.addWeakSender(this), this.medium);
  }
}
