/**
 * The sending ends of channels without a limit.
 *
 * @module
 */

import { shownBy } from "../../core/inspect.ts";
import { SendError } from "../../error/send.ts";
import { sendable } from "../../task/send.ts";
import { CountedSender } from "../counted-sender.ts";
import type { Queue } from "./queue.ts";

/** As {@linkcode Sender}, of a channel without a limit. */
export class UnboundedSender<T> extends CountedSender<T, Queue<T>> {
  static {
    shownBy(UnboundedSender, ({ isClosed }) => ({ isClosed }));
  }

  get [sendable](): string {
    return "tokiwa.mpsc.UnboundedSender";
  }

  /**
   * Sends. Never waits.
   *
   * @throws {SendError} If nobody will receive it.
   * @throws {TypeError} If it is not what the channel's codec is for.
   * @throws {NotSendError} If a part of it cannot leave this worker, but is to.
   */
  send(value: T): void {
    if (this.medium.trySend(this, value) === "closed") throw new SendError(value);
  }

  /** Another sender, for another task. */
  clone(): UnboundedSender<T> {
    return new UnboundedSender(this.medium.addSender(this), this.medium);
  }

  /** A sender without which the channel may end. */
  downgrade(): WeakUnboundedSender<T> {
    return new WeakUnboundedSender(this.medium.addWeakSender(this), this.medium);
  }
}

/** As {@linkcode WeakSender}, of a channel without a limit. */
export class WeakUnboundedSender<T> extends CountedSender<T, Queue<T>> {
  get [sendable](): string {
    return "tokiwa.mpsc.WeakUnboundedSender";
  }

  /** A sender, if there is still another one. */
  upgrade(): UnboundedSender<T> | undefined {
    const origin = this.medium.upgrade(this);
    return origin && new UnboundedSender(origin, this.medium);
  }

  /** Another one, for another task. */
  clone(): WeakUnboundedSender<T> {
    return new WeakUnboundedSender(this.medium.addWeakSender(this), this.medium);
  }
}
