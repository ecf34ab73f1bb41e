/**
 * Channels that stay on their worker, with a limit or without.
 *
 * @module
 */

import type { Thread } from "../../core/thread.ts";
import type { Future } from "../../future/future.ts";
import { Deque } from "../deque.ts";
import { type Handle, Origin } from "../handle.ts";
import { Line } from "../line.ts";
import { LocalMedium } from "../local-medium.ts";
import { Disconnected, Empty } from "../medium.ts";
import {
  LocalReceiving,
  LocalReceivingMany,
  LocalReserving,
  LocalSending,
  type PlaceWait,
} from "./local-waits.ts";
import { notReceiving, type Queue } from "./queue.ts";

/** Places go to those who wait in the order in which they came; nobody overtakes the first. */
export class LocalQueue<T> extends LocalMedium implements Queue<T> {
  readonly #values = new Deque<T>();
  /** `Infinity` without a limit, and then so is what is free. */
  readonly #capacity: number;
  /** Places that have no value, and are promised to nobody. */
  #free: number;
  #isAbandoned = false;
  /** Empty unless the first wants more than is free. */
  readonly waiting = new Line<PlaceWait<unknown, unknown>>();
  /** Empty unless there is no value. */
  readonly readers = new Line();

  constructor(thread: Thread, capacity: number) {
    super(thread);
    this.#capacity = capacity;
    this.#free = capacity;
  }

  length(end: Handle): number {
    end.stake("look at channel");
    return this.#values.length;
  }

  capacity(end: Handle): number {
    end.stake("look at channel");
    return this.waiting.first === undefined ? this.#free : 0;
  }

  maxCapacity(end: Handle): number {
    end.stake("look at channel");
    return this.#capacity;
  }

  isClosed(end: Handle): boolean {
    end.stake("look at channel");
    return this.isShut || this.isEnded;
  }

  send(end: Handle, value: T): Future<void> {
    return new LocalSending(end, this, value);
  }

  trySend(end: Handle, value: T): "ok" | "full" | "closed" {
    end.stake("send");
    if (this.isShut) return "closed";
    if (!this.take(1)) return "full";
    this.put(value);
    return "ok";
  }

  reserve<R>(end: Handle, places: number, make: (origin: Origin) => R): Future<R> {
    return new LocalReserving(end, this, places, (taken) => make(new LocalPlaces(this, taken)));
  }

  tryReserve(end: Handle, places: number): Origin | undefined {
    end.stake("reserve");
    if (this.isShut) throw notReceiving();
    return this.take(places) ? new LocalPlaces(this, places) : undefined;
  }

  split(permit: Handle): Origin {
    permit.stake("take permit");
    permit.origin.stake -= 1;
    return new LocalPlaces(this, 1);
  }

  sendReserved(permit: Handle, value: T): void {
    permit.stake("send");
    permit.origin.stake -= 1;
    this.put(value);
  }

  receive<N>(end: Handle, none: N): Future<T | N> {
    return new LocalReceiving(end, this, none);
  }

  receiveMany(end: Handle, limit: number, messages: T[]): Future<T[]> {
    return new LocalReceivingMany(end, this, limit, messages);
  }

  tryReceive(end: Handle): T | typeof Empty | typeof Disconnected {
    end.stake("receive");
    if (this.#values.length > 0) return this.next();
    return this.isEnded ? Disconnected : Empty;
  }

  close(end: Handle): void {
    end.stake("close channel");
    this.#shut();
  }

  /** Will no more values come, than those that are there? */
  get isEnded(): boolean {
    if (!this.isShut && this.hasSenders) return false;
    const isLimited = this.#capacity !== Number.POSITIVE_INFINITY;
    return !isLimited || this.#free + this.#values.length === this.#capacity;
  }

  get hasNext(): boolean {
    return this.#values.length > 0;
  }

  /** Takes the oldest value, which is there. */
  next(): T {
    const value = this.#values.shift();
    this.#free += 1;
    if (this.waiting.first !== undefined) this.serve();
    return value;
  }

  /** Takes places if they are free, and nobody waits. */
  take(places: number): boolean {
    if (places === 0) return true;
    if (this.#free < places || this.waiting.first !== undefined) return false;
    this.#free -= places;
    return true;
  }

  /** Puts a value in a place that was taken. */
  put(value: T): void {
    if (this.#isAbandoned) {
      this.giveBack(1);
      return;
    }
    this.#values.push(value);
    if (this.readers.first !== undefined) this.readers.wakeAll();
  }

  giveBack(places: number): void {
    this.#free += places;
    this.serve();
    this.#wakeIfEnded();
  }

  /** Serves the line as far as it goes. Whoever is told may change it at once. */
  serve(): void {
    // Ends: each round takes one out of the line, and those who are told find it in order.
    for (;;) {
      const { first } = this.waiting;
      if (first === undefined) return;
      const { places } = first.wait;
      if (!this.isShut && places > this.#free) return;
      this.waiting.remove(first);
      first.isServed = !this.isShut;
      if (first.isServed) this.#free -= places;
      first.wake();
    }
  }

  protected override onSendersGone(): void {
    this.#wakeIfEnded();
  }

  protected override onReceiverGone(): void {
    this.#isAbandoned = true;
    this.#free += this.#values.length;
    this.#values.clear();
    this.#shut();
  }

  #shut(): void {
    this.isShut = true;
    this.serve();
    this.#wakeIfEnded();
    this.closers?.wakeAll();
  }

  #wakeIfEnded(): void {
    if (this.readers.first !== undefined && this.isEnded) this.readers.wakeAll();
  }
}

/** Places that a permit has: as many as its stake says. */
class LocalPlaces<T> extends Origin {
  readonly #queue: LocalQueue<T>;

  constructor(queue: LocalQueue<T>, places: number) {
    super(queue.thread, places);
    this.#queue = queue;
  }

  override giveUp(stake: number): void {
    if (stake !== 0 && !this.thread.isClosed) this.#queue.giveBack(stake);
  }
}
