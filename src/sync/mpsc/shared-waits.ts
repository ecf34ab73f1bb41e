/**
 * Waits for a channel in the core: for places, and for messages.
 *
 * @module
 */

import { SYNC_CLOSED, SYNC_DONE } from "../../../assembly/shared/verdicts.ts";
import { outcomeOf, stakesOf } from "../../core/stakes.ts";
import type { Thread } from "../../core/thread.ts";
import { SendError } from "../../error/send.ts";
import type { Pending, Waker } from "../../future/future.ts";
import { type Handle, Origin } from "../handle.ts";
import { slotOf, type Writer } from "../message.ts";
import { Receiving, type SharedIntake } from "../shared-intake.ts";
import { Wait } from "../wait.ts";
import { notReceiving } from "./queue.ts";

/** Sends. It waits for room only, so that whoever gives up has not sent. */
export class Sending<T> extends Wait<void> {
  protected get action() {
    return "send";
  }

  readonly #end: Handle;
  readonly #codec: Writer<T>;
  readonly #value: T;
  /** Set from an attempt on that has not sent it, until it is somebody else's. */
  #message: bigint | undefined;

  constructor(end: Handle, codec: Writer<T>, value: T) {
    super(end.thread);
    this.#end = end;
    this.#codec = codec;
    this.#value = value;
  }

  protected override begin(target: number): number {
    const { thread } = this;
    const address = this.#end.primitive(this.action);
    const at = slotOf(thread);
    if (this.#message === undefined) this.#codec.write(thread, this.#value, at);
    else thread.view.setBigUint64(at, this.#message, true);
    const verdict = thread.core.channelSendOrReserve(address, stakesOf(thread), target);
    // For most messages there is room at once: they are never made a bigint.
    if (verdict !== SYNC_DONE) this.#message = thread.view.getBigUint64(at, true);
    return verdict;
  }

  protected override settle(verdict: number): void {
    if (verdict === SYNC_DONE) this.#message = undefined;
    else this.#refuse();
  }

  protected override finish(stake: number): void {
    const isRefused = outcomeOf(this.thread, stake) === SYNC_CLOSED;
    if (!isRefused) this.thread.core.channelSendReserved(stake, this.#message as bigint);
    this.giveUp(stake);
    this.settle(isRefused ? SYNC_CLOSED : SYNC_DONE);
  }

  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    this.#discard();
  }

  #refuse(): never {
    this.#discard();
    throw new SendError(this.#value);
  }

  #discard(): void {
    const message = this.#message;
    this.#message = undefined;
    if (message === undefined || this.thread.isClosed) return;
    this.#codec.discard(this.thread, message);
  }
}

/** Waits for room for so many messages. */
export class Reserving<R> extends Wait<R> {
  protected get action() {
    return "reserve";
  }

  readonly #end: Handle;
  readonly #places: number;
  readonly #make: (origin: Origin) => R;

  constructor(end: Handle, places: number, make: (origin: Origin) => R) {
    super(end.thread);
    this.#end = end;
    this.#places = places;
    this.#make = make;
  }

  protected override begin(target: number): number {
    const { core } = this.thread;
    const address = this.#end.primitive(this.action);
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

/** Gives a message, and those with it that are there by then. */
export class ReceivingMany<T> extends Receiving<T[], T[]> {
  readonly #end: Handle;
  readonly #queue: SharedIntake<T>;
  readonly #limit: number;
  readonly #messages: T[];

  constructor(end: Handle, queue: SharedIntake<T>, limit: number, messages: T[]) {
    super(end, queue as unknown as SharedIntake<T[]>, messages);
    this.#end = end;
    this.#queue = queue;
    this.#limit = limit;
    this.#messages = messages;
  }

  override poll(waker: Waker): T[] | Pending {
    return this.#limit === 0 ? this.#messages : super.poll(waker);
  }

  /** @internal */
  override pollNow(): T[] | Pending {
    return this.#limit === 0 ? this.#messages : super.pollNow();
  }

  protected override settle(verdict: number): T[] {
    const messages = this.#messages;
    if (verdict === SYNC_CLOSED) return messages;
    messages.push(this.#queue.codec.read(this.thread, slotOf(this.thread)));
    this.#takeMore(this.#limit - 1);
    return messages;
  }

  /** By the batch: what is read is taken then, and freed, by one call. */
  #takeMore(most: number): void {
    const { core, driver } = this.thread;
    const address = this.#end.primitive(this.action);
    const batch = batchOf(this.thread);
    for (let left = most; left > 0 && batch !== 0; ) {
      const seen = core.channelPeekMany(address, batch, Math.min(left, BATCH_SLOTS));
      const read = this.#readBatch(batch, seen);
      core.channelTakeRead(address, read);
      // One that cannot be read stays for whoever receives next, who hears of it.
      left = seen === 0 || read < seen ? 0 : left - read;
    }
    driver.kick();
  }

  /** Reads a batch up to the first message that it cannot read. Returns how many it has read. */
  #readBatch(batch: number, count: number): number {
    const { codec } = this.#queue;
    for (let slot = 0; slot < count; slot++) {
      try {
        this.#messages.push(codec.peek(this.thread, batch + slot * MESSAGE_BYTES));
      } catch {
        return slot;
      }
    }
    return count;
  }
}

/** How many messages are looked at at once, at most. */
const BATCH_SLOTS = 64;
const MESSAGE_BYTES = 8;

const batches = new WeakMap<Thread, number>();

/** Where this thread has messages shown; 0 if there is no memory for it. */
function batchOf(thread: Thread): number {
  const found = batches.get(thread);
  if (found !== undefined) return found;
  const block = thread.core.allocate(BATCH_SLOTS * MESSAGE_BYTES);
  if (block === 0) return 0;
  thread.keepBlock(block);
  batches.set(thread, block);
  return block;
}
