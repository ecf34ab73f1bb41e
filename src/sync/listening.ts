/**
 * Receivers that each have a place of their own in what all see, those of broadcasts and watches,
 * and their waits, which end when the receiver is given up.
 *
 * @module
 */

import type { Abortable } from "../core/context.ts";
import { PENDING, type Pending, type Waker } from "../future/future.ts";
import { Operations } from "../task/operations.ts";
import { End } from "./channel.ts";
import type { SharedMedium } from "./shared-medium.ts";
import { Wait } from "./wait.ts";

export abstract class ListeningEnd<T> extends End<T, SharedMedium<T>> {
  /**
   * Those who wait. Made for the first of them.
   *
   * @internal
   */
  waits: Operations | undefined;

  override [Symbol.dispose](): void {
    const { waits } = this;
    super[Symbol.dispose]();
    waits?.abortAll();
  }
}

/** A wait of a receiver's. The core knows nothing of that, and tells only what all are told. */
export abstract class ListeningWait<R> extends Wait<R> implements Abortable {
  nextOperation: Abortable | undefined;
  previousOperation: Abortable | undefined;

  /** @internal */
  protected readonly receiver: ListeningEnd<unknown>;
  /** Who asked last. Set while it stands among the receiver's waits. */
  #waker: Waker | undefined;

  /** @internal */
  constructor(receiver: ListeningEnd<unknown>) {
    super(receiver.thread);
    this.receiver = receiver;
  }

  override poll(waker: Waker): R | Pending {
    // Where the receiver was given up the wait begins anew, and fails at that.
    if (this.receiver.origin.stake === 0) this[Symbol.dispose]();
    let answer: R | Pending;
    try {
      answer = super.poll(waker);
    } catch (reason) {
      this.#leave();
      throw reason;
    }
    if (answer === PENDING) this.#stay(waker);
    else this.#leave();
    return answer;
  }

  /** The receiver was given up. */
  abort(): void {
    const waker = this.#waker;
    this.#leave();
    waker?.wake();
  }

  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    this.#leave();
  }

  #stay(waker: Waker): void {
    const { receiver } = this;
    if (this.#waker === undefined) {
      receiver.waits ??= new Operations();
      receiver.waits.adopt(this);
    }
    this.#waker = waker;
  }

  #leave(): void {
    if (this.#waker !== undefined) this.receiver.waits?.disown(this);
    this.#waker = undefined;
  }
}
