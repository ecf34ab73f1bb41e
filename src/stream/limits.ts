/**
 * Operators that leave out items at the beginning or at the end.
 *
 * @module
 */

import { PENDING, type Pending, type Waker } from "../future/future.ts";
import { END } from "../sync/iterate.ts";
import { type End, Operator, type SizeHint, type Source } from "./source.ts";

const NOTHING: SizeHint = [0, 0];

export class Taken<T> extends Operator<T, T> {
  #left: number;

  constructor(inner: Source<T>, count: number) {
    super(inner);
    this.#left = count;
  }

  override get sizeHint(): SizeHint {
    const [atLeast, atMost] = this.#left === 0 ? NOTHING : this.inner.sizeHint;
    return [Math.min(atLeast, this.#left), Math.min(atMost, this.#left)];
  }

  override get isTerminated(): boolean {
    return this.#left === 0 || this.inner.isTerminated;
  }

  override pollNext(waker: Waker): T | Pending | End {
    if (this.#left === 0) return END;
    const item = this.inner.pollNext(waker);
    if (item === END) this.#left = 0;
    else if (item !== PENDING) this.#left -= 1;
    return item;
  }
}

export class Skipped<T> extends Operator<T, T> {
  #left: number;

  constructor(inner: Source<T>, count: number) {
    super(inner);
    this.#left = count;
  }

  override get sizeHint(): SizeHint {
    const [atLeast, atMost] = this.inner.sizeHint;
    return [Math.max(0, atLeast - this.#left), Math.max(0, atMost - this.#left)];
  }

  override pollNext(waker: Waker): T | Pending | End {
    for (;;) {
      const item = this.inner.pollNext(waker);
      if (item === PENDING || item === END || this.#left === 0) return item;
      this.#left -= 1;
    }
  }
}

export class SkippedWhile<T> extends Operator<T, T> {
  /** Undefined once an item has not matched. */
  #matches: ((item: T) => boolean) | undefined;

  constructor(inner: Source<T>, matches: (item: T) => boolean) {
    super(inner);
    this.#matches = matches;
  }

  override get sizeHint(): SizeHint {
    const [atLeast, atMost] = this.inner.sizeHint;
    return [this.#matches === undefined ? atLeast : 0, atMost];
  }

  override pollNext(waker: Waker): T | Pending | End {
    for (;;) {
      const item = this.inner.pollNext(waker);
      if (item === PENDING || item === END || this.#matches === undefined) return item;
      if (this.#matches(item)) continue;
      this.#matches = undefined;
      return item;
    }
  }
}

/** Ends at the first item of which nothing is made, and does not poll after that. */
export class MappedWhile<T, U> extends Operator<T, U> {
  readonly #change: (item: T) => U | End;
  #hasEnded = false;

  constructor(inner: Source<T>, change: (item: T) => U | End) {
    super(inner);
    this.#change = change;
  }

  override get sizeHint(): SizeHint {
    return this.#hasEnded ? NOTHING : [0, this.inner.sizeHint[1]];
  }

  override get isTerminated(): boolean {
    return this.#hasEnded || this.inner.isTerminated;
  }

  override pollNext(waker: Waker): U | Pending | End {
    if (this.#hasEnded) return END;
    const item = this.inner.pollNext(waker);
    if (item === PENDING) return PENDING;
    if (item === END) return END;
    const made = this.#change(item);
    if (made === END) this.#hasEnded = true;
    return made;
  }
}

/** Is not polled any more once it has ended. */
export class Fused<T> extends Operator<T, T> {
  #hasEnded = false;

  override get sizeHint(): SizeHint {
    return this.#hasEnded ? NOTHING : this.inner.sizeHint;
  }

  override get isTerminated(): boolean {
    return this.#hasEnded;
  }

  override pollNext(waker: Waker): T | Pending | End {
    if (this.#hasEnded) return END;
    const item = this.inner.pollNext(waker);
    if (item === END) this.#hasEnded = true;
    return item;
  }
}

/** In place of the end: see {@linkcode NotifyingClose}. */
export const Closed: unique symbol = Symbol("closed");

/** One item more, once the inner one has ended. */
export class NotifyingClose<T> extends Operator<T, T | typeof Closed> {
  #hasEnded = false;

  override get sizeHint(): SizeHint {
    if (this.#hasEnded) return NOTHING;
    const [atLeast, atMost] = this.inner.sizeHint;
    return [atLeast + 1, atMost + 1];
  }

  override get isTerminated(): boolean {
    return this.#hasEnded;
  }

  override pollNext(waker: Waker): T | typeof Closed | Pending | End {
    if (this.#hasEnded) return END;
    const item = this.inner.pollNext(waker);
    if (item !== END) return item;
    this.#hasEnded = true;
    return Closed;
  }
}
