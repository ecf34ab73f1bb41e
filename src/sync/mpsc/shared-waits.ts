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
import { Disconnected, Empty } from "../medium.ts";
import { type Codec, slotOf } from "../message.ts";
import { Receiving, type SharedIntake } from "../shared-intake.ts";
import { Wait } from "../wait.ts";
import { notReceiving } from "./queue.ts";

/** Sends. It waits for room only, so that whoever gives up has not sent. */
export class Sending<T> extends Wait<void> {
  protected get action() {
    return "send";
  }

  readonly #end: Handle;
  readonly #codec: Codec<T>;
  readonly #value: T;
  /** Set from an attempt on that has not sent it, until it is somebody else's. */
  #message: bigint | undefined;

  constructor(end: Handle, codec: Codec<T>, value: T) {
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

  protected override settle(verdict: number): T[] {
    const messages = this.#messages;
    if (verdict === SYNC_CLOSED) return messages;
    messages.push(this.#queue.codec.read(this.thread, slotOf(this.thread)));
    const most = this.#limit - 1;
    const batch = this.#queue.codec.blocks ? 0 : batchOf(this.thread);
    if (batch !== 0) this.#takeBatches(batch, most);
    else this.#takeSingly(most);
    return messages;
  }

  /** Only of messages that are read without fail: else the rest of a batch would be lost. */
  #takeBatches(batch: number, most: number): void {
    const { thread } = this;
    const { codec } = this.#queue;
    const address = this.#end.primitive(this.action);
    for (let left = most; left > 0; ) {
      const asked = Math.min(left, BATCH_SLOTS);
      const came = thread.core.channelTakeMany(address, batch, asked);
      for (let slot = 0; slot < came; slot++) {
        this.#messages.push(codec.read(thread, batch + slot * MESSAGE_BYTES));
      }
      left = came < asked ? 0 : left - came;
    }
    thread.driver.kick();
  }

  #takeSingly(most: number): void {
    for (let count = 0; count < most; count++) {
      const next = this.#queue.tryReceive(this.#end);
      if (next === Empty || next === Disconnected) return;
      this.#messages.push(next);
    }
  }
}

/** How many messages are taken from the core at once, at most. */
const BATCH_SLOTS = 64;
const MESSAGE_BYTES = 8;

const batches = new WeakMap<Thread, number>();

/** Where this thread has messages put that it takes; 0 if there is no memory for it. */
function batchOf(thread: Thread): number {
  const found = batches.get(thread);
  if (found !== undefined) return found;
  const block = thread.core.allocate(BATCH_SLOTS * MESSAGE_BYTES);
  if (block === 0) return 0;
  thread.keepBlock(block);
  batches.set(thread, block);
  return block;
}
