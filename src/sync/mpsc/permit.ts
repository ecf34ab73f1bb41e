/**
 * Room in a channel that is put aside for messages to come.
 *
 * @module
 */

import { shownBy } from "../../core/inspect.ts";
import { granted } from "../../future/granted.ts";
import { isSame, type SendingEnd } from "../channel.ts";
import { Handle, type Origin } from "../handle.ts";
import type { Queue } from "./queue.ts";
import type { Sender } from "./sender.ts";

/** Room for one message, until that is sent or this is disposed. */
export class Permit<T> extends Handle {
  /** @internal */
  readonly queue: Queue<T>;

  /** @internal */
  get [granted](): true {
    return true;
  }

  /** @internal */
  constructor(origin: Origin, queue: Queue<T>) {
    super(origin);
    this.queue = queue;
  }

  /**
   * Sends. If the receiver is gone meanwhile, nobody hears of it.
   *
   * @throws {TypeError} If it is not what the channel's codec is for; the room is kept.
   */
  send(value: T): void {
    this.queue.sendReserved(this, value);
    this[Symbol.dispose]();
  }
}

/**
 * Room for several messages, as permits for one each. Those that were not asked for yet go back as
 * it is disposed, or a loop over it is left.
 */
export class PermitIterator<T> extends Handle implements IterableIterator<Permit<T>> {
  static {
    shownBy(PermitIterator, ({ length }) => ({ length }));
  }

  readonly #queue: Queue<T>;
  #left: number;

  /** @internal */
  get [granted](): true {
    return true;
  }

  /** @internal */
  constructor(origin: Origin, queue: Queue<T>, count: number) {
    super(origin);
    this.#queue = queue;
    this.#left = count;
    if (count === 0) super[Symbol.dispose]();
  }

  /** How many permits are left. */
  get length(): number {
    return this.#left;
  }

  /** The next permit, which is then the caller's. */
  next(): IteratorResult<Permit<T>, undefined> {
    if (this.#left === 0) return { done: true, value: undefined };
    const origin = this.#queue.split(this);
    this.#left -= 1;
    if (this.#left === 0) super[Symbol.dispose]();
    return { done: false, value: new Permit(origin, this.#queue) };
  }

  /** What a loop calls that is left early: gives back what is left. */
  return(): IteratorResult<Permit<T>, undefined> {
    this[Symbol.dispose]();
    return { done: true, value: undefined };
  }

  [Symbol.iterator](): this {
    return this;
  }

  override [Symbol.dispose](): void {
    this.#left = 0;
    super[Symbol.dispose]();
  }
}

/** Room for one message, and the sender itself, which cannot be used meanwhile. */
export class OwnedPermit<T> implements Disposable {
  static {
    shownBy(OwnedPermit, () => ({}));
  }

  readonly #permit: Permit<T>;
  readonly #sender: Sender<T>;
  /** What was taken out of the sender; 0 once it has it back. */
  #stake: number;

  /** @internal */
  get [granted](): true {
    return true;
  }

  /** @internal */
  constructor(permit: Permit<T>, sender: Sender<T>) {
    this.#permit = permit;
    this.#sender = sender;
    try {
      sender.stake("reserve");
    } catch (reason) {
      // It was given up while it waited.
      permit[Symbol.dispose]();
      throw reason;
    }
    this.#stake = sender.detach("a permit");
  }

  /**
   * Sends, and gives the sender back. If the receiver is gone meanwhile, nobody hears of it.
   *
   * @throws {TypeError} If it is not what the channel's codec is for; the room is kept.
   */
  send(value: T): Sender<T> {
    this.#permit.send(value);
    return this.#giveBack();
  }

  /**
   * Gives the room and the sender back.
   *
   * @throws {ClosedError} If that was done before.
   */
  release(): Sender<T> {
    this.#permit.stake("release permit");
    this.#permit[Symbol.dispose]();
    return this.#giveBack();
  }

  /** Is it of the same channel as another, or as a sender? */
  sameChannel(other: OwnedPermit<T> | SendingEnd<T>): boolean {
    const permit = this.#permit;
    if (!(other instanceof OwnedPermit)) return isSame(permit, permit.queue, other, other.medium);
    return isSame(permit, permit.queue, other.#permit, other.#permit.queue);
  }

  /** Gives up the room, and the sender with it. */
  [Symbol.dispose](): void {
    if (this.#stake === 0) return;
    this.#permit[Symbol.dispose]();
    this.#giveBack()[Symbol.dispose]();
  }

  #giveBack(): Sender<T> {
    this.#sender.attach(this.#stake);
    this.#stake = 0;
    return this.#sender;
  }
}
