/**
 * The sending ends of channels with a limit.
 *
 * @module
 */

import { PERMITS_MAX } from "../../../assembly/shared/limits.ts";
import { shownBy } from "../../core/inspect.ts";
import { checkWhole } from "../../error/check.ts";
import { blockOn } from "../../future/block-on.ts";
import type { Future } from "../../future/future.ts";
import { type WaitOptions, withSignal } from "../../future/with-signal.ts";
import { sendable } from "../../task/send.ts";
import { CountedSender } from "../counted-sender.ts";
import type { Origin } from "../handle.ts";
import { OwnedPermit, Permit, PermitIterator } from "./permit.ts";
import type { Queue } from "./queue.ts";
import { sendInTime } from "./send-in-time.ts";

/**
 * The right to send to a channel. The channel ends once all senders are disposed.
 *
 * It belongs to one task: given to another one it moves there. For both to have one, give a
 * {@linkcode clone}.
 */
export class Sender<T> extends CountedSender<T, Queue<T>> {
  static {
    shownBy(Sender, ({ isClosed, capacity, maxCapacity }) => ({ isClosed, capacity, maxCapacity }));
  }

  get [sendable](): string {
    return "tokiwa.mpsc.Sender";
  }

  /** How many messages may be sent now. */
  get capacity(): number {
    return this.medium.capacity(this);
  }

  /** How many messages there is room for in all. */
  get maxCapacity(): number {
    return this.medium.maxCapacity(this);
  }

  /**
   * Sends as soon as there is room, in the order in which senders came.
   *
   * **Cancel safety.** Giving the wait up loses the place in line, and the message, which is then
   * not sent. With {@linkcode reserve} it is only the place.
   *
   * @throws {SendError} If nobody will receive it.
   * @throws {TypeError} If it is not what the channel's codec is for.
   * @throws {NotSendError} If a part of it cannot leave this worker, but is to.
   */
  send(value: T, options?: WaitOptions): Future<void> {
    return withSignal("send", this.medium.send(this, value), options);
  }

  /**
   * As {@linkcode send}, but waits for so many milliseconds at most.
   *
   * **Cancel safety.** As that of {@linkcode send}.
   *
   * @throws {SendTimeoutError} If there was no room in time.
   * @throws {SendError} If nobody will receive it.
   * @throws {RangeError} At once, if `ms` is not a number.
   */
  sendTimeout(value: T, ms: number, options?: WaitOptions): Future<void> {
    return withSignal("send", sendInTime(this.send(value), value, ms), options);
  }

  /** Sends if there is room now. What is not taken is the caller's. */
  trySend(value: T): "ok" | "full" | "closed" {
    return this.medium.trySend(this, value);
  }

  /**
   * As {@linkcode send}, with this thread asleep until there is room: in a blocking job, or outside
   * of all tasks.
   *
   * @throws {SendError} If nobody will receive it.
   * @throws {Error} In any other task, whose worker it would block.
   */
  blockingSend(value: T): void {
    blockOn(this.thread, this.send(value));
  }

  /**
   * Waits for room for one message.
   *
   * **Cancel safety.** Giving the wait up loses the place in line.
   *
   * @throws {ClosedError} If nobody will receive.
   */
  reserve(options?: WaitOptions): Future<Permit<T>> {
    const make = (origin: Origin) => new Permit(origin, this.medium);
    return withSignal("reserve", this.medium.reserve(this, 1, make), options);
  }

  /**
   * Waits for room for `count` messages, all at once.
   *
   * **Cancel safety.** Giving the wait up loses the place in line.
   *
   * @throws {ClosedError} If nobody will receive.
   * @throws {RangeError} At once, if `count` is no whole number from 0 to {@linkcode maxCapacity}.
   */
  reserveMany(count: number, options?: WaitOptions): Future<PermitIterator<T>> {
    checkWhole("reserve", "count", count, 0, this.maxCapacity);
    const make = (origin: Origin) => new PermitIterator(origin, this.medium, count);
    return withSignal("reserve", this.medium.reserve(this, count, make), options);
  }

  /**
   * Waits for room for one message, and moves this sender into the permit: that keeps the channel
   * open, and gives the sender back when it has sent.
   *
   * **Cancel safety.** Giving the wait up loses the place in line; the sender stays as it is.
   *
   * @throws {ClosedError} If nobody will receive.
   */
  reserveOwned(options?: WaitOptions): Future<OwnedPermit<T>> {
    const make = (origin: Origin) => this.#own(origin);
    return withSignal("reserve", this.medium.reserve(this, 1, make), options);
  }

  /**
   * Room for one message; undefined if there is none now.
   *
   * @throws {ClosedError} If nobody will receive.
   */
  tryReserve(): Permit<T> | undefined {
    const origin = this.medium.tryReserve(this, 1);
    return origin && new Permit(origin, this.medium);
  }

  /**
   * Room for `count` messages; undefined if there is less now, or if there never is so much.
   *
   * @throws {ClosedError} If nobody will receive.
   * @throws {RangeError} If `count` is no whole number from 0.
   */
  tryReserveMany(count: number): PermitIterator<T> | undefined {
    checkWhole("reserve", "count", count, 0, Number.MAX_SAFE_INTEGER);
    const origin = this.medium.tryReserve(this, Math.min(count, PERMITS_MAX));
    return origin && new PermitIterator(origin, this.medium, count);
  }

  /**
   * Room for one message, with this sender moved into it; undefined if there is none now.
   *
   * @throws {ClosedError} If nobody will receive.
   */
  tryReserveOwned(): OwnedPermit<T> | undefined {
    const origin = this.medium.tryReserve(this, 1);
    return origin && this.#own(origin);
  }

  /** Another sender, for another task. */
  clone(): Sender<T> {
    return new Sender(this.medium.addSender(this), this.medium);
  }

  /** A sender without which the channel may end. */
  downgrade(): WeakSender<T> {
    return new WeakSender(this.medium.addWeakSender(this), this.medium);
  }

  #own(origin: Origin): OwnedPermit<T> {
    return new OwnedPermit(new Permit(origin, this.medium), this);
  }
}

/** A sender that does not keep its channel open, nor sends by itself. */
export class WeakSender<T> extends CountedSender<T, Queue<T>> {
  get [sendable](): string {
    return "tokiwa.mpsc.WeakSender";
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
