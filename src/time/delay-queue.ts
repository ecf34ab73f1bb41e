/**
 * Values that come out after their delays.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import { Future, PENDING, type Pending, type Waker } from "../future/future.ts";
import { DeadlineHeap, type Planned } from "./deadline-heap.ts";
import { delayMs } from "./duration.ts";
import { type Instant, instantOf, msOn } from "./instant.ts";
import { Sleep, timedThread } from "./sleep.ts";

/** Names an entry of one queue, for as long as it stands there. */
export interface DelayKey {
  /** The how-many-th entry of its queue it is. */
  readonly order: number;
}

/** What came out of a queue. */
export interface Expired<T> {
  readonly value: T;
  /** When it was due. */
  readonly deadline: Instant;
  /** What it was called. The queue does not know it any more. */
  readonly key: DelayKey;
}

/** A value that waits. It is its own key. */
interface Entry<T> extends Planned {
  readonly value: T;
}

/**
 * A queue in which every value has a deadline, and comes out once that has passed: for caches whose
 * entries expire, say. All deadlines together need one timer.
 *
 * What is due first comes first; of values that are due in the same millisecond, the one that went
 * in first. One caller at a time may wait. The queue stays on its worker.
 *
 * @example
 * ```ts
 * const queue = new DelayQueue<string>();
 * queue.insert("late", 20);
 * const key = queue.insert("never", 30);
 * queue.insert("early", 5);
 * queue.remove(key);
 * for await (const { value } of queue) console.log(value);
 * // early
 * // late
 * ```
 */
export class DelayQueue<T> implements AsyncIterable<Expired<T>>, Disposable {
  readonly #thread: Thread;
  readonly #entries = new DeadlineHeap<Entry<T>>();
  /** The timer of the entry that is due first. It runs while somebody waits. */
  readonly #sleep: Sleep;
  /** What that timer is set for. */
  #plannedMs = 0;
  /** Who waits. */
  #waker: Waker | undefined;
  #inserted = 0;

  constructor() {
    this.#thread = timedThread("make delay queue");
    this.#sleep = new Sleep(this.#thread, 0);
  }

  /** How many values are in the queue, those that are due included. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Adds a value that is due in `ms` milliseconds.
   *
   * @throws {RangeError} If `ms` is not a number.
   */
  insert(value: T, ms: number): DelayKey {
    return this.#insert(value, this.#after(ms, "insert into delay queue"));
  }

  /** Adds a value that is due at `deadline`. One that has passed is due at once. */
  insertAt(value: T, deadline: Instant): DelayKey {
    return this.#insert(value, msOn(this.#thread, deadline, "insert into delay queue"));
  }

  /**
   * Waits for the next value that is due; undefined if the queue is empty. It can be filled, and
   * asked, again.
   *
   * **Cancel safety.** Nothing is lost.
   */
  next(): Future<Expired<T> | undefined> {
    return new Next(this);
  }

  /** The key of what is due first; undefined if the queue is empty. */
  peek(): DelayKey | undefined {
    return this.#entries.first;
  }

  /**
   * When an entry is due.
   *
   * @throws {Error} If it is not in the queue.
   */
  deadline(key: DelayKey): Instant {
    return instantOf(this.#thread, this.#entry(key, "tell deadline").dueMs);
  }

  /** Takes an entry out before its time; undefined if it is not in the queue. */
  remove(key: DelayKey): Expired<T> | undefined {
    const entry = this.#find(key);
    if (entry === undefined) return undefined;
    this.#entries.remove(entry);
    this.#replan();
    return this.#expired(entry);
  }

  /**
   * Has an entry be due in `ms` milliseconds from now.
   *
   * @throws {Error} If it is not in the queue.
   * @throws {RangeError} If `ms` is not a number.
   */
  reset(key: DelayKey, ms: number): void {
    this.#move(key, this.#after(ms, "reset delay"));
  }

  /**
   * Has an entry be due at `deadline`.
   *
   * @throws {Error} If it is not in the queue.
   */
  resetAt(key: DelayKey, deadline: Instant): void {
    this.#move(key, msOn(this.#thread, deadline, "reset delay"));
  }

  /** Takes everything out. Whoever waits is told that the queue is empty. */
  clear(): void {
    this.#entries.clear();
    this.#replan();
  }

  /**
   * Gives the values as they become due, until the queue is empty.
   *
   * **Cancel safety.** Nothing is lost when a task that loops is aborted. A `next()` that is given
   * up takes its value all the same, and it is lost: use {@linkcode next} there.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Expired<T>, void, void> {
    for (let found = await this.next(); found !== undefined; found = await this.next()) yield found;
  }

  /** Same as {@linkcode clear}. */
  [Symbol.dispose](): void {
    this.clear();
  }

  /** For {@linkcode Next}. */
  pollExpired(waker: Waker): Expired<T> | undefined | Pending {
    // Ends: once the timer of the first entry has elapsed, its time has come.
    for (;;) {
      const { first } = this.#entries;
      if (first === undefined || first.dueMs <= this.#thread.now()) {
        return this.#take(first, waker);
      }
      this.#waker = waker;
      this.#plan(first.dueMs);
      if (this.#sleep.poll(waker) === PENDING) return PENDING;
    }
  }

  /** For {@linkcode Next}: nobody waits any more. */
  stopWaiting(): void {
    this.#waker = undefined;
    this.#sleep[Symbol.dispose]();
  }

  #take(entry: Entry<T> | undefined, waker: Waker): Expired<T> | undefined | Pending {
    if (!this.#thread.takeBudget(waker)) return PENDING;
    this.stopWaiting();
    if (entry === undefined) return undefined;
    this.#entries.remove(entry);
    return this.#expired(entry);
  }

  #insert(value: T, dueMs: number): DelayKey {
    this.#inserted += 1;
    const order = this.#inserted;
    const entry: Entry<T> = { value, dueMs: Math.ceil(dueMs), order, place: -1 };
    this.#entries.add(entry);
    this.#replan();
    return entry;
  }

  #move(key: DelayKey, dueMs: number): void {
    this.#entries.move(this.#entry(key, "reset delay"), Math.ceil(dueMs));
    this.#replan();
  }

  /** What is due first may have changed: whoever waits has to know. */
  #replan(): void {
    const waker = this.#waker;
    if (waker === undefined) return;
    const { first } = this.#entries;
    if (first !== undefined) this.#plan(first.dueMs);
    else {
      this.stopWaiting();
      waker.wake();
    }
  }

  #plan(dueMs: number): void {
    if (this.#plannedMs === dueMs) return;
    this.#plannedMs = dueMs;
    this.#sleep.resetMs(dueMs);
  }

  #after(ms: number, action: string): number {
    return this.#thread.now() + delayMs(ms, action);
  }

  #find(key: DelayKey): Entry<T> | undefined {
    return this.#entries.has(key) ? key : undefined;
  }

  #entry(key: DelayKey, action: string): Entry<T> {
    const entry = this.#find(key);
    if (entry !== undefined) return entry;
    throw new Error(`Cannot ${action}: the queue has no entry of that key`);
  }

  #expired(entry: Entry<T>): Expired<T> {
    return { value: entry.value, deadline: instantOf(this.#thread, entry.dueMs), key: entry };
  }
}

/** One wait for one value. */
class Next<T> extends Future<Expired<T> | undefined> {
  /** Undefined once this wait has ended: the timer is then the next one's. */
  #queue: DelayQueue<T> | undefined;
  /** Before its first poll, somebody else may. */
  #waits = false;

  constructor(queue: DelayQueue<T>) {
    super();
    this.#queue = queue;
  }

  override poll(waker: Waker): Expired<T> | undefined | Pending {
    const queue = this.#queue;
    if (queue === undefined) throw new Error("Cannot wait for value: it has come already");
    const found = queue.pollExpired(waker);
    this.#waits = found === PENDING;
    if (!this.#waits) this.#queue = undefined;
    return found;
  }

  override [Symbol.dispose](): void {
    if (this.#waits) this.#queue?.stopWaiting();
    this.#queue = undefined;
  }
}
