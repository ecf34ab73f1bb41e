/**
 * Streams of what is there already, and of other iterables.
 *
 * @module
 */

import { context } from "../core/context.ts";
import { checkHook, unexpected } from "../error/check.ts";
import { fromPromise } from "../future/from-promise.ts";
import { PENDING, type Pending, type Waker } from "../future/future.ts";
import { END } from "../sync/iterate.ts";
import { type End, Futures, type SizeHint, Source } from "./source.ts";
import { Stream } from "./stream.ts";

/**
 * The items of an iterable. Others have their turn after every 128 of them.
 */
export function iter<T>(items: Iterable<T>): Stream<T> {
  if (typeof items?.[Symbol.iterator] !== "function") {
    throw unexpected("make stream", "an iterable", items);
  }
  return new Stream(new Iterated(items));
}

/** One item. */
export function once<T>(item: T): Stream<T> {
  return iter([item]);
}

/** No items. */
export function empty<T = never>(): Stream<T> {
  return iter([]);
}

/** No items, and no end. */
export function pending<T = never>(): Stream<T> {
  return pollFn<T>(() => PENDING);
}

/**
 * A stream of a function that is called at each poll.
 *
 * @param pollNext Returns an item, `END`, or `PENDING` once it has arranged for the waker of this
 * call to be called. Throws if an item has failed.
 * @param giveUp Called once, if the stream is disposed.
 */
export function pollFn<T>(
  pollNext: (waker: Waker) => T | Pending | End,
  giveUp?: () => void,
): Stream<T> {
  if (typeof pollNext !== "function") throw unexpected("make stream", "a function", pollNext);
  return new Stream(new Polled(pollNext, checkHook("make stream", "giveUp", giveUp)));
}

/**
 * The items of an async iterable, such as an async generator or a web `ReadableStream`; of any
 * other iterable, as {@linkcode iter}. The next one is asked for only when it is waited for;
 * disposing the stream ends the iteration.
 */
export function from<T>(items: AsyncIterable<T> | Iterable<T>): Stream<T> {
  if (items instanceof Stream) return items;
  if (!isAsync(items)) return iter(items);
  const iterator = items[Symbol.asyncIterator]();
  const step = async () => {
    const { done, value } = await iterator.next();
    return done === true ? END : value;
  };
  const end = async () => {
    await iterator.return?.();
  };
  // What its clean-up throws has nobody to hear it.
  const giveUp = () => void end().catch(() => {});
  return new Stream(new Futures<T>(() => fromPromise(step()), giveUp));
}

function isAsync<T>(items: AsyncIterable<T> | Iterable<T>): items is AsyncIterable<T> {
  return typeof (items as AsyncIterable<T> | undefined)?.[Symbol.asyncIterator] === "function";
}

class Iterated<T> extends Source<T> {
  readonly #items: Iterable<T>;
  readonly #iterator: Iterator<T>;
  #given = 0;
  #hasEnded = false;

  constructor(items: Iterable<T>) {
    super();
    this.#items = items;
    this.#iterator = items[Symbol.iterator]();
    // An array without items has ended before anybody asks.
    this.#hasEnded = this.#size === 0;
  }

  override get sizeHint(): SizeHint {
    if (this.#hasEnded) return [0, 0];
    const size = this.#size;
    if (size === undefined) return [0, Number.POSITIVE_INFINITY];
    const left = Math.max(0, size - this.#given);
    return [left, left];
  }

  override get isTerminated(): boolean {
    return this.#hasEnded;
  }

  override pollNext(waker: Waker): T | Pending | End {
    if (this.#hasEnded) return END;
    if (!context().thread.takeBudget(waker)) return PENDING;
    const { done, value } = this.#iterator.next();
    this.#given += 1;
    if (done !== true) return value;
    this.#hasEnded = true;
    return END;
  }

  override [Symbol.dispose](): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#iterator.return?.();
  }

  /** That of an array, a set or a map: what others call so need not be how many items there are. */
  get #size(): number | undefined {
    const items: object = this.#items;
    if (Array.isArray(items) || isNumberArray(items)) return items.length;
    if (items instanceof Set || items instanceof Map) return items.size;
    return undefined;
  }
}

function isNumberArray(items: object): items is Uint8Array {
  return ArrayBuffer.isView(items) && "length" in items;
}

class Polled<T> extends Source<T> {
  readonly #pollNext: (waker: Waker) => T | Pending | End;
  #giveUp: (() => void) | undefined;

  constructor(pollNext: (waker: Waker) => T | Pending | End, giveUp: (() => void) | undefined) {
    super();
    this.#pollNext = pollNext;
    this.#giveUp = giveUp;
  }

  override pollNext(waker: Waker): T | Pending | End {
    return this.#pollNext(waker);
  }

  override [Symbol.dispose](): void {
    const giveUp = this.#giveUp;
    this.#giveUp = undefined;
    giveUp?.();
  }
}
