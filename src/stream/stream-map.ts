/**
 * Many streams as one, each under a key.
 *
 * @module
 */

import { context } from "../core/context.ts";
import { checkWhole, unexpected } from "../error/check.ts";
import { type Future, PENDING, type Pending, type Waker } from "../future/future.ts";
import { pollFn } from "../future/poll-fn.ts";
import { END } from "../sync/iterate.ts";
import { type End, type SizeHint, Source } from "./source.ts";
import { Stream } from "./stream.ts";

/**
 * The items of any number of streams, with the key of each. Streams may be added and removed at any
 * time; one that ends is removed. The map ends when it has no stream, and goes on if it gets one.
 * Keys are compared as those of a `Map`.
 *
 * A random stream is asked first, so that none keeps the others from their turn. To hear of the end
 * of one, add it with `notifyClose()`.
 *
 * Who waits for an item is told of streams that are added and removed.
 *
 * Every poll asks all streams that wait: it is for some tens of them.
 *
 * @example
 * ```ts
 * const map = new StreamMap<string, number>();
 * map.set("odd", stream.iter([1, 3]));
 * map.set("even", stream.iter([2, 4]));
 * const items = await map.collect();
 * console.log(items.map(([, item]) => item).sort()); // [ 1, 2, 3, 4 ]
 * ```
 */
export class StreamMap<K, T> extends Stream<[K, T]> {
  readonly #streams: Streams<K, T>;

  constructor() {
    const streams = new Streams<K, T>();
    super(streams);
    this.#streams = streams;
  }

  /** How many streams there are. */
  get size(): number {
    return this.#streams.entries.length;
  }

  /** Is there no stream? */
  get isEmpty(): boolean {
    return this.size === 0;
  }

  /** Adds a stream; returns the one that it takes the place of. */
  set(key: K, stream: Stream<T>): Stream<T> | undefined {
    if (!(stream instanceof Stream)) throw unexpected("add stream", "a Stream", stream);
    const old = this.delete(key);
    this.#streams.add(key, stream);
    return old;
  }

  /** Removes a stream, and returns it. */
  delete(key: K): Stream<T> | undefined {
    const index = this.#streams.entries.findIndex(([found]) => isSameKey(found, key));
    return index < 0 ? undefined : this.#streams.remove(index);
  }

  /** Is there a stream of this key? */
  has(key: K): boolean {
    return this.#streams.entries.some(([found]) => isSameKey(found, key));
  }

  /** The keys, in no particular order. */
  keys(): K[] {
    return this.#streams.entries.map(([key]) => key);
  }

  /** The streams, in the order of {@linkcode keys}. */
  values(): Stream<T>[] {
    return this.#streams.entries.map(([, stream]) => stream);
  }

  /** Removes all streams. They are not disposed. */
  clear(): void {
    this.#streams.clear();
  }

  /** Polls for up to `limit` items; none if the limit is 0 or there is no stream. */
  pollNextMany(waker: Waker, limit: number): [K, T][] | Pending {
    checkWhole("poll streams", "limit", limit, 0, Number.MAX_SAFE_INTEGER);
    return this.#streams.pollMany(waker, limit);
  }

  /**
   * Waits for an item, and takes those with it that are there by then, up to `limit` in all: one of
   * each stream before the second of any. None if the limit is 0, or once there is no stream.
   *
   * **Cancel safety.** Nothing is lost.
   */
  nextMany(limit: number): Future<[K, T][]> {
    checkWhole("wait for items", "limit", limit, 0, Number.MAX_SAFE_INTEGER);
    return pollFn((waker) => this.#streams.pollMany(waker, limit));
  }
}

class Streams<K, T> extends Source<[K, T]> {
  readonly entries: [K, Stream<T>][] = [];
  /** What one of them has failed with while there were items of others. */
  #failure: { readonly reason: unknown } | undefined;
  /** Who asked last, and waits. */
  #waker: Waker | undefined;

  override get sizeHint(): SizeHint {
    let [atLeast, atMost] = [0, 0];
    for (const [, { sizeHint }] of this.entries) {
      atLeast += sizeHint[0];
      atMost += sizeHint[1];
    }
    return [atLeast, atMost];
  }

  override get isTerminated(): boolean {
    return this.entries.length === 0 && this.#failure === undefined;
  }

  override pollNext(waker: Waker): [K, T] | Pending | End {
    const found: [K, T][] = [];
    this.#pollRound(waker, 1, found);
    if (found.length > 0) return found[0] as [K, T];
    return this.entries.length === 0 ? END : this.#wait(waker);
  }

  pollMany(waker: Waker, limit: number): [K, T][] | Pending {
    const found: [K, T][] = [];
    while (found.length < limit && this.#pollRound(waker, limit, found));
    const mustWait = found.length === 0 && limit > 0 && this.entries.length > 0;
    return mustWait ? this.#wait(waker) : found;
  }

  add(key: K, stream: Stream<T>): void {
    this.entries.push([key, stream]);
    this.#wake();
  }

  clear(): void {
    this.entries.length = 0;
    this.#wake();
  }

  /** Removes a stream. The last one takes its place. */
  remove(index: number): Stream<T> {
    const [, stream] = this.entries[index] as [K, Stream<T>];
    const last = this.entries.pop() as [K, Stream<T>];
    if (index < this.entries.length) this.entries[index] = last;
    this.#wake();
    return stream;
  }

  override [Symbol.dispose](): void {
    for (const [, stream] of this.entries.splice(0)) stream[Symbol.dispose]();
    this.#wake();
  }

  #wait(waker: Waker): Pending {
    this.#waker = waker;
    return PENDING;
  }

  /** There are other streams to be asked, or none any more. */
  #wake(): void {
    const waker = this.#waker;
    this.#waker = undefined;
    waker?.wake();
  }

  /**
   * Asks each stream once, from a random one on, until there are `limit` items in all. False if
   * there was none.
   */
  #pollRound(waker: Waker, limit: number, found: [K, T][]): boolean {
    const before = found.length;
    const ended: [K, Stream<T>][] = [];
    const count = this.entries.length;
    const start = count > 1 ? context().thread.random(count) : 0;
    try {
      this.#throwFailure();
      for (let turn = 0; turn < count && found.length < limit; turn++) {
        const entry = this.entries[(start + turn) % count];
        // What a stream does as it is polled may have removed some.
        if (entry === undefined) continue;
        const item = entry[1].pollNext(waker);
        if (item === END) ended.push(entry);
        else if (item !== PENDING) found.push([entry[0], item]);
      }
    } catch (reason) {
      // What was found already comes first.
      if (found.length === 0) throw reason;
      this.#failure = { reason };
      return false;
    } finally {
      for (const entry of ended) this.#removeEnded(entry);
    }
    return found.length > before;
  }

  #removeEnded(entry: [K, Stream<T>]): void {
    const index = this.entries.indexOf(entry);
    if (index >= 0) this.remove(index);
  }

  #throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.reason;
  }
}

/** As a `Map` compares: NaN is NaN, and 0 is -0. */
function isSameKey(one: unknown, other: unknown): boolean {
  return one === other || Object.is(one, other);
}
