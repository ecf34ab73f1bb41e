/**
 * Waits for a channel that stays on its worker: for places, and for messages.
 *
 * @module
 */

import { SendError } from "../../error/send.ts";
import { PENDING, type Pending, type Waker } from "../../future/future.ts";
import type { Handle } from "../handle.ts";
import { type Line, LineWait } from "../line.ts";
import type { LocalQueue } from "./local-queue.ts";
import { notReceiving } from "./queue.ts";

/** A wait for places, with which something is done then. */
export abstract class PlaceWait<T, R> extends LineWait<R> {
  declare protected readonly queue: LocalQueue<T>;

  constructor(end: Handle, queue: LocalQueue<T>) {
    super(end);
    this.queue = queue;
  }

  abstract readonly places: number;
  /** Uses the places, which it has. */
  protected abstract use(): R;
  protected abstract refusal(): Error;

  protected override ask(): R | Pending {
    const { queue, spot } = this;
    if (spot?.isServed) return this.use();
    // Of one who has waited, it is no matter any more how the end fares.
    if (spot === undefined) this.end.stake(this.action);
    if (queue.isShut) throw this.refusal();
    return queue.take(this.places) ? this.use() : this.join(queue.waiting as Line);
  }

  protected override askNow(): R | Pending {
    const { queue } = this;
    return !queue.isShut && queue.take(this.places) ? this.use() : PENDING;
  }

  override [Symbol.dispose](): void {
    const [wasWaiting, wasServed] = [this.isInLine, this.spot?.isServed];
    super[Symbol.dispose]();
    if (wasWaiting) this.queue.serve();
    else if (wasServed) this.queue.giveBack(this.places);
  }
}

export class LocalSending<T> extends PlaceWait<T, void> {
  protected get action() {
    return "send";
  }

  readonly #value: T;

  constructor(end: Handle, queue: LocalQueue<T>, value: T) {
    super(end, queue);
    this.#value = value;
  }

  get places(): number {
    return 1;
  }

  protected override use(): void {
    this.queue.put(this.#value);
  }

  protected override refusal(): Error {
    return new SendError(this.#value);
  }
}

export class LocalReserving<T, R> extends PlaceWait<T, R> {
  protected get action() {
    return "reserve";
  }

  readonly places: number;
  readonly #make: (places: number) => R;

  constructor(end: Handle, queue: LocalQueue<T>, places: number, make: (places: number) => R) {
    super(end, queue);
    this.places = places;
    this.#make = make;
  }

  protected override use(): R {
    return this.#make(this.places);
  }

  protected override refusal(): Error {
    return notReceiving();
  }
}

/** A wait until there is a message, or for `none` if no more will come. */
abstract class MessageWait<T, R> extends LineWait<R> {
  protected get action() {
    return "receive";
  }

  declare protected readonly queue: LocalQueue<T>;
  declare protected readonly none: R;

  constructor(end: Handle, queue: LocalQueue<T>, none: R) {
    super(end);
    this.queue = queue;
    this.none = none;
  }

  /** Takes one message or more, of which there is one. */
  protected abstract take(): R;

  protected override ask(): R | Pending {
    const { queue } = this;
    this.end.stake(this.action);
    if (queue.hasNext) return this.take();
    return queue.isEnded ? this.none : this.join(queue.readers);
  }

  protected override askNow(): R | Pending {
    return this.queue.hasNext ? this.take() : PENDING;
  }
}

export class LocalReceiving<T, N> extends MessageWait<T, T | N> {
  protected override take(): T {
    return this.queue.next();
  }
}

export class LocalReceivingMany<T> extends MessageWait<T, T[]> {
  readonly #limit: number;
  readonly #messages: T[];

  constructor(end: Handle, queue: LocalQueue<T>, limit: number, messages: T[]) {
    super(end, queue, messages);
    this.#limit = limit;
    this.#messages = messages;
  }

  override poll(waker: Waker): T[] | Pending {
    return this.#limit === 0 ? this.#messages : super.poll(waker);
  }

  protected override take(): T[] {
    const { queue } = this;
    const messages = this.#messages;
    for (let left = this.#limit; left > 0 && queue.hasNext; left--) messages.push(queue.next());
    return messages;
  }
}
