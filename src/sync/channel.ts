/**
 * Ends of channels: what those of all kinds have in common.
 *
 * @module
 */

import type { Future } from "../future/future.ts";
import { type WaitOptions, withSignal } from "../future/with-signal.ts";
import { giveUpWhenForgotten } from "./forgotten.ts";
import { Handle, type Origin } from "./handle.ts";
import type { Disconnected, Empty, Intake, Medium } from "./medium.ts";

/** An end of a channel for messages of type `T`. */
export abstract class End<T, M extends Medium = Medium> extends Handle {
  /** @internal */
  declare readonly medium: M;

  /** @internal */
  constructor(origin: Origin, medium: M) {
    super(origin);
    this.medium = medium;
    giveUpWhenForgotten(this);
  }

  /** @internal */
  override attach(stake: number): void {
    super.attach(stake);
    giveUpWhenForgotten(this);
  }

  /** @internal */
  get of(): string | undefined {
    return this.medium.of;
  }

  /** Will nobody send, or nobody take, any more? There may be messages left all the same. */
  get isClosed(): boolean {
    return this.medium.isClosed(this);
  }

  /** Are both of one channel? */
  sameChannel(other: End<T>): boolean {
    return isSame(this, this.medium, other, other.medium);
  }
}

/** Are two handles of one channel? */
export function isSame(one: Handle, its: Medium, other: Handle, others: Medium): boolean {
  const action = "compare channels";
  const identity = its.identity(one, action);
  return one.thread === other.thread && identity === others.identity(other, action);
}

/** What all have that may send. */
export abstract class SendingEnd<T, M extends Medium = Medium> extends End<T, M> {
  /**
   * Waits until nobody will receive any more.
   *
   * **Cancel safety.** Nothing is lost.
   */
  closed(options?: WaitOptions): Future<void> {
    return withSignal("wait for the close", this.medium.closed(this), options);
  }
}

/** What all have that may receive. */
export abstract class ReceivingEnd<T, M extends Intake<T> = Intake<T>> extends End<T, M> {
  /** Is there no message now? */
  get isEmpty(): boolean {
    return this.medium.length(this) === 0;
  }

  /**
   * Refuses what is sent from now on. Messages that are there can still be received, and so can
   * those that are sent with permits which are out.
   */
  close(): void {
    this.medium.close(this);
  }

  /** @internal */
  protected receiveNow(): T | typeof Empty | typeof Disconnected {
    return this.medium.tryReceive(this);
  }
}
