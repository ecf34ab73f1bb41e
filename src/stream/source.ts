/**
 * What streams are made of: sources that are polled for one item after the other.
 *
 * @module
 */

import { type Future, PENDING, type Pending, type Waker } from "../future/future.ts";
import { END } from "../sync/iterate.ts";

/** The answer of a source that has no more items: the type of `END`. */
export type End = typeof END;

/** How many items are left: at least, and at most. `Infinity` is not known, or without end. */
export type SizeHint = readonly [atLeast: number, atMost: number];

/** Nothing is known. */
export const UNKNOWN: SizeHint = [0, Number.POSITIVE_INFINITY];

/**
 * Where items come from.
 *
 * As a `Future`, but for many values: after `PENDING` the waker of the latest poll is called when
 * there is news. A failure is an item of its own: there may be more behind it.
 */
export abstract class Source<T> implements Disposable {
  /** Asks for the next item. Throws if that has failed. */
  abstract pollNext(waker: Waker): T | Pending | End;

  /** Gives back what it holds. Harmless when done twice. */
  abstract [Symbol.dispose](): void;

  /** How many items are left, as far as that is known. */
  get sizeHint(): SizeHint {
    return UNKNOWN;
  }

  /** Is it known that no item will come? */
  get isTerminated(): boolean {
    return false;
  }
}

/** A source that makes something of what another one gives. */
export abstract class Operator<T, U> extends Source<U> {
  protected readonly inner: Source<T>;

  constructor(inner: Source<T>) {
    super();
    this.inner = inner;
  }

  override get isTerminated(): boolean {
    return this.inner.isTerminated;
  }

  override [Symbol.dispose](): void {
    this.inner[Symbol.dispose]();
  }
}

/** A source that waits for one future after the other. */
export class Futures<T> extends Source<T> {
  readonly #next: () => Future<T | End>;
  readonly #giveUp: () => void;
  /** Kept from poll to poll, whoever gives up waiting in between: nothing is lost. */
  #waiting: Future<T | End> | undefined;
  /** Who waits, or did. */
  #waker: Waker | undefined;
  #isGivenUp = false;

  /** @param giveUp Gives back what the futures are made of. */
  constructor(next: () => Future<T | End>, giveUp: () => void) {
    super();
    this.#next = next;
    this.#giveUp = giveUp;
  }

  override get isTerminated(): boolean {
    return this.#isGivenUp;
  }

  override pollNext(waker: Waker): T | Pending | End {
    if (this.#isGivenUp) return END;
    this.#waker = waker;
    this.#waiting ??= this.#next();
    let answer: T | Pending | End;
    try {
      answer = this.#waiting.poll(waker);
    } catch (reason) {
      this.#waiting = undefined;
      throw reason;
    }
    if (answer !== PENDING) this.#waiting = undefined;
    return answer;
  }

  override [Symbol.dispose](): void {
    if (this.#isGivenUp) return;
    this.#isGivenUp = true;
    this.#waiting?.[Symbol.dispose]();
    this.#waiting = undefined;
    this.#giveUp();
    // Whoever waits is told of the end: nothing else will wake them.
    this.#waker?.wake();
    this.#waker = undefined;
  }
}
