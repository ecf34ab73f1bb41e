/**
 * Room in a channel that is put aside for messages to come.
 *
 * @module
 */

import { SYNC_CLOSED, SYNC_NO_MEMORY, SYNC_STAKE } from "../../../assembly/shared/verdicts.ts";
import { shownBy } from "../../core/inspect.ts";
import { outcomeOf, stakesOf } from "../../core/stakes.ts";
import { ClosedError } from "../../error/closed.ts";
import { OutOfMemoryError } from "../../error/out-of-memory.ts";
import type { SendingEnd } from "../channel.ts";
import { Handle, made, Origin } from "../handle.ts";
import type { Codec } from "../message.ts";
import { Wait } from "../wait.ts";
import type { Sender } from "./sender.ts";

/** Room for one message, until that is sent or this is disposed. */
export class Permit<T> extends Handle {
  readonly #codec: Codec<T>;

  /** @internal */
  constructor(origin: Origin, codec: Codec<T>) {
    super(origin);
    this.#codec = codec;
  }

  /**
   * Sends. If the receiver is gone meanwhile, nobody hears of it.
   *
   * @throws {TypeError} If it is not what the channel's codec is for; the room is kept.
   */
  send(value: T): void {
    const { thread } = this;
    const stake = this.stake("send");
    thread.core.channelSendReserved(stake, this.#codec.write(thread, value));
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

  readonly #codec: Codec<T>;
  #left: number;

  /** @internal */
  constructor(origin: Origin, codec: Codec<T>, count: number) {
    super(origin);
    this.#codec = codec;
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
    const { thread } = this;
    const stake = this.stake("take permit");
    const isLast = this.#left === 1;
    const origin = isLast
      ? new Origin(thread, this.detach("a permit"))
      : made(thread, thread.core.semaphoreSplit(stake, 1), "permit");
    this.#left -= 1;
    return { done: false, value: new Permit(origin, this.#codec) };
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
    const [action, permit] = ["compare channels", this.#permit];
    const found = other instanceof OwnedPermit ? other.#permit : other;
    return permit.thread === found.thread && permit.primitive(action) === found.primitive(action);
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

/** What room is made into: some kind of permit. */
type MakePermit<R> = (origin: Origin) => R;

/** Waits for room for so many messages. */
export class Reserving<T, R> extends Wait<R> {
  protected get action() {
    return "reserve";
  }

  readonly #sender: Sender<T>;
  readonly #places: number;
  readonly #make: MakePermit<R>;

  constructor(sender: Sender<T>, places: number, make: MakePermit<R>) {
    super(sender.thread);
    this.#sender = sender;
    this.#places = places;
    this.#make = make;
  }

  protected override begin(target: number): number {
    const { core } = this.thread;
    const address = this.#sender.primitive(this.action);
    return core.channelReserve(address, this.#places, stakesOf(this.thread), target);
  }

  protected override settle(): never {
    throw notReceiving();
  }

  protected override finish(stake: number): R {
    if (outcomeOf(this.thread, stake) !== SYNC_CLOSED) {
      return this.#make(new Origin(this.thread, stake));
    }
    this.giveUp(stake);
    return this.settle();
  }
}

/** Room for so many messages, if it is there now. */
export function reserveNow<T>(sender: Sender<T>, places: number): Origin | undefined {
  const { thread } = sender;
  const address = sender.primitive("reserve");
  const stake = thread.core.semaphoreTryAcquire(address, places, stakesOf(thread));
  if (stake === SYNC_NO_MEMORY) throw new OutOfMemoryError("reserve");
  if (stake === SYNC_CLOSED) throw notReceiving();
  return stake < SYNC_STAKE ? undefined : new Origin(thread, stake);
}

function notReceiving(): ClosedError {
  return new ClosedError("Cannot reserve: nobody will receive");
}
