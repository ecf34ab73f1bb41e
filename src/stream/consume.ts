/**
 * Futures of streams.
 *
 * @module
 */

import { Future, PENDING, type Pending, type Waker } from "../future/future.ts";
import { END } from "../sync/iterate.ts";
import type { Source } from "./source.ts";

/** So many items are taken before others have their turn, however many are there. */
const ITEMS_PER_POLL = 128;

/** The next item. Its source keeps what it waits for: giving this up undoes nothing. */
export class Next<T, N> extends Future<T | N> {
  readonly #source: Source<T>;
  readonly #none: N;

  /** @param none What to answer at the end. */
  constructor(source: Source<T>, none: N) {
    super();
    this.#source = source;
    this.#none = none;
  }

  override poll(waker: Waker): T | N | Pending {
    const item = this.#source.pollNext(waker);
    return item === END ? this.#none : item;
  }

  override [Symbol.dispose](): void {}
}

/** What comes of all items, or of those up to one that is enough. */
export class Consumed<T, R> extends Future<R> {
  readonly #source: Source<T>;
  readonly #take: (item: T) => boolean;
  readonly #result: () => R;

  /** @param take Returns true once it needs no more items. */
  constructor(source: Source<T>, take: (item: T) => boolean, result: () => R) {
    super();
    this.#source = source;
    this.#take = take;
    this.#result = result;
  }

  override poll(waker: Waker): R | Pending {
    for (let count = 0; count < ITEMS_PER_POLL; count++) {
      const item = this.#source.pollNext(waker);
      if (item === PENDING) return PENDING;
      if (item === END || this.#take(item)) return this.#result();
    }
    waker.defer();
    return PENDING;
  }

  override [Symbol.dispose](): void {}
}
