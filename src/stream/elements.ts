/**
 * Operators that look at one item at a time.
 *
 * @module
 */

import { type Future, PENDING, type Pending, type Waker } from "../future/future.ts";
import { fromSignal, type Work } from "../future/work.ts";
import { END } from "../sync/iterate.ts";
import { type End, Operator, type SizeHint, type Source } from "./source.ts";

export class Mapped<T, U> extends Operator<T, U> {
  readonly #change: (item: T) => U;

  constructor(inner: Source<T>, change: (item: T) => U) {
    super(inner);
    this.#change = change;
  }

  override get sizeHint(): SizeHint {
    return this.inner.sizeHint;
  }

  override pollNext(waker: Waker): U | Pending | End {
    const item = this.inner.pollNext(waker);
    if (item === PENDING) return PENDING;
    return item === END ? END : this.#change(item);
  }
}

/** Those items of which something is made other than undefined. */
export class FilterMapped<T, U> extends Operator<T, U> {
  readonly #change: (item: T) => U | undefined;

  constructor(inner: Source<T>, change: (item: T) => U | undefined) {
    super(inner);
    this.#change = change;
  }

  override get sizeHint(): SizeHint {
    return [0, this.inner.sizeHint[1]];
  }

  override pollNext(waker: Waker): U | Pending | End {
    for (;;) {
      const item = this.inner.pollNext(waker);
      if (item === PENDING) return PENDING;
      if (item === END) return END;
      const made = this.#change(item);
      if (made !== undefined) return made;
    }
  }
}

export class Filtered<T> extends Operator<T, T> {
  readonly #keep: (item: T) => boolean;

  constructor(inner: Source<T>, keep: (item: T) => boolean) {
    super(inner);
    this.#keep = keep;
  }

  override get sizeHint(): SizeHint {
    return [0, this.inner.sizeHint[1]];
  }

  override pollNext(waker: Waker): T | Pending | End {
    for (;;) {
      const item = this.inner.pollNext(waker);
      if (item === PENDING || item === END || this.#keep(item)) return item;
    }
  }
}

/** One item is awaited before the next is asked for. */
export class MappedAsync<T, U> extends Operator<T, U> {
  readonly #change: (item: T) => Work<U> | U;
  /** What is being made of an item. */
  #making: Future<U> | undefined;

  constructor(inner: Source<T>, change: (item: T) => Work<U> | U) {
    super(inner);
    this.#change = change;
  }

  override get sizeHint(): SizeHint {
    const more = this.#making === undefined ? 0 : 1;
    const [atLeast, atMost] = this.inner.sizeHint;
    return [atLeast + more, atMost + more];
  }

  override get isTerminated(): boolean {
    return this.#making === undefined && this.inner.isTerminated;
  }

  override pollNext(waker: Waker): U | Pending | End {
    if (this.#making === undefined) {
      const item = this.inner.pollNext(waker);
      if (item === PENDING) return PENDING;
      if (item === END) return END;
      this.#making = fromSignal(() => this.#change(item) as U);
    }
    let made: U | Pending;
    try {
      made = this.#making.poll(waker);
    } catch (reason) {
      this.#making = undefined;
      throw reason;
    }
    if (made !== PENDING) this.#making = undefined;
    return made;
  }

  override [Symbol.dispose](): void {
    this.#making?.[Symbol.dispose]();
    this.#making = undefined;
    super[Symbol.dispose]();
  }
}

/** Keeps an item that was looked at, or what it has failed with. */
export class Peeked<T> extends Operator<T, T> {
  #item: (() => T) | undefined;

  override get sizeHint(): SizeHint {
    const more = this.#item === undefined ? 0 : 1;
    const [atLeast, atMost] = this.inner.sizeHint;
    return [atLeast + more, atMost + more];
  }

  override get isTerminated(): boolean {
    return this.#item === undefined && this.inner.isTerminated;
  }

  override pollNext(waker: Waker): T | Pending | End {
    const kept = this.#item;
    if (kept === undefined) return this.inner.pollNext(waker);
    this.#item = undefined;
    return kept();
  }

  pollPeek(waker: Waker): T | Pending | End {
    if (this.#item !== undefined) return this.#item();
    try {
      const item = this.inner.pollNext(waker);
      if (item !== PENDING && item !== END) this.#item = () => item;
      return item;
    } catch (reason) {
      this.#item = () => {
        throw reason;
      };
      throw reason;
    }
  }

  override [Symbol.dispose](): void {
    this.#item = undefined;
    super[Symbol.dispose]();
  }
}
