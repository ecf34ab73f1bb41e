/**
 * Many values to come, one after the other.
 *
 * @module
 */

import { checkWhole, unexpected } from "../error/check.ts";
import type { Future, Pending, Waker } from "../future/future.ts";
import { pollFn } from "../future/poll-fn.ts";
import type { Work } from "../future/work.ts";
import { END, iterate } from "../sync/iterate.ts";
import { delayMs } from "../time/duration.ts";
import { Interval } from "../time/interval.ts";
import { Consumed, Next } from "./consume.ts";
import { Filtered, FilterMapped, Mapped, MappedAsync, Peeked } from "./elements.ts";
import {
  type Closed,
  Fused,
  MappedWhile,
  NotifyingClose,
  Skipped,
  SkippedWhile,
  Taken,
} from "./limits.ts";
import { Chained, Merged } from "./pairs.ts";
import { type End, type SizeHint, Source } from "./source.ts";
import { Chunks, Throttled, TimedOut, TimedOutRepeatedly } from "./timed.ts";
import { readableOf, writeAll } from "./web.ts";

/**
 * Items that come one after the other, and are made only as somebody waits for them: by
 * {@linkcode next}, or with `for await`.
 *
 * What a method makes of a stream takes its items from it: one that is left in the middle leaves
 * the rest in the stream. A failure is an item of its own: `next` throws it, and goes on behind it.
 * One at a time may wait. Disposing a stream gives back what it reads from.
 *
 * @example
 * ```ts
 * const squares = stream.iter([1, 2, 3, 4]).map((n) => n * n);
 * console.log(await squares.filter((n) => n % 2 === 0).collect()); // [ 4, 16 ]
 * ```
 */
export class Stream<T> implements AsyncIterable<T>, Disposable {
  /** @internal */
  protected readonly source: Source<T>;

  /** A stream of a source of one's own. */
  constructor(source: Source<T>) {
    if (!(source instanceof Source)) throw unexpected("make stream", "a Source", source);
    this.source = source;
  }

  /** Polls for the next item, as `Future.poll` does for a value: `END` if there is none. */
  pollNext(waker: Waker): T | Pending | End {
    return this.source.pollNext(waker);
  }

  /** How many items are left: at least, and at most. */
  get sizeHint(): SizeHint {
    return this.source.sizeHint;
  }

  /** Is it known that no item will come? */
  get isTerminated(): boolean {
    return this.source.isTerminated;
  }

  /**
   * Waits for the next item; undefined at the end.
   *
   * **Cancel safety.** Nothing is lost.
   */
  next(): Future<T | undefined> {
    return new Next(this.source, undefined);
  }

  /** What `change` makes of each item. */
  map<U>(change: (item: T) => U): Stream<U> {
    return new Stream(new Mapped(this.source, checkFunction("map", change)));
  }

  /**
   * What the future, promise or generator brings that `change` makes of an item; one at a time, in
   * order. (Tokio calls it `then`, which here would make a promise of the stream.)
   */
  mapAsync<U>(change: (item: T) => Work<U> | U): Stream<Awaited<U>> {
    const source = new MappedAsync<T, U>(this.source, checkFunction("map", change));
    return new Stream(source) as Stream<Awaited<U>>;
  }

  /** What `change` makes of each item, up to the first of which it makes undefined. */
  mapWhile<U>(change: (item: T) => U | undefined): Stream<U> {
    checkFunction("map", change);
    const source = new MappedWhile<T, U>(this.source, (item) => {
      const made = change(item);
      return made === undefined ? END : made;
    });
    return new Stream(source);
  }

  /** The items for which `keep` is true. */
  filter<S extends T>(keep: (item: T) => item is S): Stream<S>;
  filter(keep: (item: T) => boolean): Stream<T>;
  filter(keep: (item: T) => boolean): Stream<T> {
    return new Stream(new Filtered(this.source, checkFunction("filter", keep)));
  }

  /** What `change` makes of each item, without those of which it makes undefined. */
  filterMap<U>(change: (item: T) => U | undefined): Stream<U> {
    return new Stream(new FilterMapped(this.source, checkFunction("filter", change)));
  }

  /** The first `count` items. The rest stay in this stream. */
  take(count: number): Stream<T> {
    return new Stream(new Taken(this.source, checkCount("take", count)));
  }

  /** The items before the first for which `matches` is false; that one is lost. */
  takeWhile(matches: (item: T) => boolean): Stream<T> {
    checkFunction("take", matches);
    return new Stream(new MappedWhile(this.source, (item) => (matches(item) ? item : END)));
  }

  /** All but the first `count` items. */
  skip(count: number): Stream<T> {
    return new Stream(new Skipped(this.source, checkCount("skip", count)));
  }

  /** The first item for which `matches` is false, and all behind it. */
  skipWhile(matches: (item: T) => boolean): Stream<T> {
    return new Stream(new SkippedWhile(this.source, checkFunction("skip", matches)));
  }

  /** The items of this stream, and then those of another. */
  chain<U>(next: Stream<U>): Stream<T | U> {
    return new Stream<T | U>(new Chained(this.source, Stream.#sourceOf("chain", next)));
  }

  /** The items of this stream and another as they come, in turn if both have some. */
  merge<U>(other: Stream<U>): Stream<T | U> {
    return new Stream<T | U>(new Merged(this.source, Stream.#sourceOf("merge", other)));
  }

  /** The same, which once it has ended is not polled again. */
  fuse(): Stream<T> {
    return new Stream(new Fused(this.source));
  }

  /** The same, with `Closed` as one more item at the end: for streams of a `StreamMap`. */
  notifyClose(): Stream<T | typeof Closed> {
    return new Stream<T | typeof Closed>(new NotifyingClose(this.source));
  }

  /** The same, of which the next item can be looked at. */
  peekable(): Peekable<T> {
    return new Peekable(new Peeked(this.source));
  }

  /**
   * The same, which fails with `ElapsedError` once for each item that takes longer than `ms`
   * milliseconds from the one before it, and goes on waiting for that item.
   */
  timeout(ms: number): Stream<T> {
    return new Stream(new TimedOut(this.source, delayMs(ms, "limit stream")));
  }

  /** The same, which fails with `ElapsedError` at each tick; an item resets the interval. */
  timeoutRepeating(interval: Interval): Stream<T> {
    if (interval instanceof Interval) {
      return new Stream(new TimedOutRepeatedly(this.source, interval));
    }
    throw unexpected("limit stream", "an Interval", interval);
  }

  /** The same, of which the next item is asked for `ms` milliseconds after the last, or later. */
  throttle(ms: number): Stream<T> {
    return new Stream(new Throttled(this.source, delayMs(ms, "throttle")));
  }

  /**
   * The items in batches of up to `most`: of fewer if `ms` milliseconds have passed since the first
   * of the batch, or at the end.
   */
  chunksTimeout(most: number, ms: number): ChunksTimeout<T> {
    checkWhole("batch", "most", most, 1, Number.MAX_SAFE_INTEGER);
    return new ChunksTimeout(new Chunks(this.source, most, delayMs(ms, "batch")));
  }

  /**
   * Is `matches` true for all items? Asks no further once it is false.
   *
   * **Cancel safety.** The items that were looked at are lost.
   */
  all(matches: (item: T) => boolean): Future<boolean> {
    checkFunction("ask of all", matches);
    let found = false;
    const take = (item: T) => {
      found = !matches(item);
      return found;
    };
    return new Consumed(this.source, take, () => !found);
  }

  /**
   * Is `matches` true for any item? Asks no further once it is.
   *
   * **Cancel safety.** The items that were looked at are lost.
   */
  any(matches: (item: T) => boolean): Future<boolean> {
    checkFunction("ask of any", matches);
    let found = false;
    const take = (item: T) => {
      found = matches(item);
      return found;
    };
    return new Consumed(this.source, take, () => found);
  }

  /**
   * What `combine` makes of `initial` and the first item, and of that and the second, and so on.
   *
   * **Cancel safety.** The items that were taken are lost.
   */
  fold<R>(initial: R, combine: (result: R, item: T) => R): Future<R> {
    checkFunction("fold", combine);
    let result = initial;
    const take = (item: T) => {
      result = combine(result, item);
      return false;
    };
    return new Consumed(this.source, take, () => result);
  }

  /**
   * All items. Ends with the first failure.
   *
   * **Cancel safety.** The items that were taken are lost.
   */
  collect(): Future<T[]> {
    const items: T[] = [];
    const take = (item: T) => {
      items.push(item);
      return false;
    };
    return new Consumed(this.source, take, () => items);
  }

  /**
   * Writes all items to a web stream, each as there is room for it, and closes it. If the stream
   * fails, it is aborted.
   *
   * **Cancel safety.** The item that is being written is; the web stream stays open.
   *
   * @throws What either of them fails with.
   */
  pipeTo(writable: WritableStream<T>): Future<void> {
    return writeAll(this.source, writable);
  }

  /** A web stream of the items: one is asked for as there is room. Cancelling it disposes this. */
  toReadable(strategy?: QueuingStrategy<T>): ReadableStream<T> {
    return readableOf(this.source, strategy);
  }

  /** All items. Leaving the loop early leaves the rest in the stream. */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return iterate(() => new Next(this.source, END));
  }

  /** Gives back what it reads from. */
  [Symbol.dispose](): void {
    this.source[Symbol.dispose]();
  }

  static #sourceOf<U>(action: string, stream: Stream<U>): Source<U> {
    if (stream instanceof Stream) return stream.source;
    throw unexpected(action, "a Stream", stream);
  }
}

/** A stream of which the next item can be looked at: see {@linkcode Stream.peekable}. */
export class Peekable<T> extends Stream<T> {
  readonly #peeked: Peeked<T>;

  /** @internal */
  constructor(peeked: Peeked<T>) {
    super(peeked);
    this.#peeked = peeked;
  }

  /** Polls for the next item, and leaves it in the stream. */
  pollPeek(waker: Waker): T | Pending | End {
    return this.#peeked.pollPeek(waker);
  }

  /**
   * Waits for the next item, which stays in the stream; undefined at the end.
   *
   * **Cancel safety.** Nothing is lost.
   */
  peek(): Future<T | undefined> {
    return pollFn((waker) => {
      const item = this.#peeked.pollPeek(waker);
      return item === END ? undefined : item;
    });
  }
}

/** A stream of batches: see {@linkcode Stream.chunksTimeout}. */
export class ChunksTimeout<T> extends Stream<T[]> {
  readonly #chunks: Chunks<T>;

  /** @internal */
  constructor(chunks: Chunks<T>) {
    super(chunks);
    this.#chunks = chunks;
  }

  /** Takes the items of the batch that is not full yet. */
  takeRemainder(): T[] {
    return this.#chunks.take();
  }
}

function checkFunction<F>(action: string, value: F): F {
  if (typeof value === "function") return value;
  throw unexpected(action, "a function", value);
}

function checkCount(action: string, count: number): number {
  if (count === Number.POSITIVE_INFINITY) return count;
  return checkWhole(action, "count", count, 0, Number.MAX_SAFE_INTEGER);
}
