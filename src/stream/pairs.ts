/**
 * Operators on two streams.
 *
 * @module
 */

import { PENDING, type Pending, type Waker } from "../future/future.ts";
import { END } from "../sync/iterate.ts";
import { Fused } from "./limits.ts";
import { type End, type SizeHint, Source } from "./source.ts";

abstract class Pair<T, U> extends Source<T | U> {
  protected readonly first: Fused<T>;
  protected readonly second: Source<U>;

  constructor(first: Source<T>, second: Source<U>) {
    super();
    this.first = new Fused(first);
    this.second = second;
  }

  override get sizeHint(): SizeHint {
    const [first, second] = [this.first.sizeHint, this.second.sizeHint];
    return [first[0] + second[0], first[1] + second[1]];
  }

  override get isTerminated(): boolean {
    return this.first.isTerminated && this.second.isTerminated;
  }

  override [Symbol.dispose](): void {
    this.first[Symbol.dispose]();
    this.second[Symbol.dispose]();
  }
}

/** The second once the first has ended. */
export class Chained<T, U> extends Pair<T, U> {
  override pollNext(waker: Waker): T | U | Pending | End {
    const item = this.first.pollNext(waker);
    return item === END ? this.second.pollNext(waker) : item;
  }
}

/** Whichever has an item; each is asked first in every other poll. */
export class Merged<T, U> extends Pair<T, U> {
  #firstIsNext = true;

  constructor(first: Source<T>, second: Source<U>) {
    super(first, new Fused(second));
  }

  override pollNext(waker: Waker): T | U | Pending | End {
    const firstIsNext = this.#firstIsNext;
    this.#firstIsNext = !firstIsNext;
    const [one, other] = firstIsNext ? [this.first, this.second] : [this.second, this.first];
    const item = one.pollNext(waker);
    if (item !== PENDING && item !== END) return item;
    const another = other.pollNext(waker);
    return another === END ? item : another;
  }
}
