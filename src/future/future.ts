/**
 * The Future protocol: work that starts when it is first waited for and can be given up.
 *
 * A future is *polled*: it answers with its value, or with {@linkcode PENDING} after it has
 * arranged for the poller's {@linkcode Waker} to be called. `await` and `yield*` poll for you.
 *
 * @module
 */

import { context, mayTakeNow } from "../core/context.ts";
import { awaitFuture } from "./await.ts";
import { PENDING, type Pending, type Waker } from "./waker.ts";

/**
 * A lazy, cancellable value to come.
 *
 * Nothing happens before the first poll: `await`, `yield*` and `timeout` poll. A future is waited
 * for once. To give it up, dispose it: what it had registered is undone, and what it had been
 * granted is given back.
 */
export abstract class Future<T> implements PromiseLike<T>, Disposable {
  /**
   * Asks for the value. Throws if the future failed.
   *
   * After {@linkcode PENDING} the waker of the *latest* poll is called when there is news.
   */
  abstract poll(waker: Waker): T | Pending;

  /** Gives the future up. Harmless when it has ended, and when done twice. */
  abstract [Symbol.dispose](): void;

  /**
   * What stands for this future in one of several waits. Itself, unless it can be waited for more
   * than once: then giving up one wait is not to end the others.
   *
   * @internal
   */
  oneWait(): Future<T> {
    return this;
  }

  /**
   * Would a first poll only begin something, and never bring a value? Then who asks several first
   * asks this one last, and does not begin it in vain.
   *
   * @internal
   */
  get beginsPending(): boolean {
    return false;
  }

  /**
   * The value, if it is there at once and costs no more than to take it. Else who wants to know
   * polls: the wait may have begun, and it tells nobody yet. Throws as a poll does.
   *
   * With it, nobody has to be found who waits, which would take most of the time.
   *
   * @internal
   */
  pollNow(): T | Pending {
    return PENDING;
  }

  /** Starts the future on behalf of `await`. */
  // biome-ignore lint/suspicious/noThenProperty: a future is awaited as a promise is.
  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    const here = context();
    if (!onValue || !mayTakeNow(here)) return awaitFuture(this, here, onValue, onError);
    let answer: T | Pending;
    try {
      answer = this.pollNow();
    } catch (reason) {
      return onError ? call(onError, reason) : Promise.reject(reason);
    }
    return answer === PENDING ? awaitFuture(this, here, onValue, onError) : call(onValue, answer);
  }

  /**
   * Starts the future; a promise of its value, or of what `onError` makes of its failure.
   *
   * **Cancel safety.** A promise cannot be given up: the future runs to its end.
   */
  catch<B = never>(onError?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return Promise.resolve<T>(this).catch(onError);
  }

  /**
   * Starts the future; a promise of its value, which waits for `onEnd`.
   *
   * **Cancel safety.** A promise cannot be given up: the future runs to its end.
   */
  finally(onEnd?: (() => void) | null): Promise<T> {
    return Promise.resolve<T>(this).finally(onEnd);
  }

  /** Starts the future on behalf of `yield*` in a generator task. */
  [Symbol.iterator](): Iterator<Future<unknown>, T, unknown> {
    const answer = this.pollNow();
    return answer === PENDING ? new Delegate<T>(this) : new Answer(answer);
  }
}

/** Calls back. What the callback makes of it matters only to whoever chained. */
function call<V, A>(callback: (value: V) => A | PromiseLike<A>, value: V): PromiseLike<A> {
  try {
    const result = callback(value);
    return result === undefined ? (NOTHING as PromiseLike<A>) : Promise.resolve(result);
  } catch (reason) {
    return Promise.reject(reason);
  }
}

/** What a chain on an ordinary `await` would see: nobody looks, so it is made once. */
const NOTHING: Promise<unknown> = Promise.resolve(undefined);

/** What `yield*` gives without a wait. */
class Answer<T> implements Iterator<never, T, unknown> {
  readonly done = true;
  readonly value: T;

  constructor(value: T) {
    this.value = value;
  }

  next(): IteratorReturnResult<T> {
    return this;
  }
}

/**
 * Stands between `yield*` and the task: hands the future up, and what became of it back down.
 *
 * It is what its `next` returns as well, each time: `yield*` passes that on as it is, and looks at
 * it before it asks again. Objects for both would take as long as all the rest.
 */
class Delegate<T> implements Iterator<Future<unknown>, T, unknown> {
  done = false;
  value: unknown;
  /** Then whoever polls the future holds it, and gives it up if need be. */
  #isHandedUp = false;

  constructor(future: Future<T>) {
    this.value = future;
  }

  next(value: unknown): IteratorResult<Future<unknown>, T> {
    if (this.#isHandedUp) {
      this.done = true;
      this.value = value;
    }
    this.#isHandedUp = true;
    return this as IteratorResult<Future<unknown>, T>;
  }

  throw(reason: unknown): never {
    throw reason;
  }

  return(value?: unknown): IteratorResult<Future<unknown>, T> {
    if (!this.#isHandedUp) (this.value as Future<T>)[Symbol.dispose]();
    return { done: true, value: value as T };
  }
}

export { PENDING, type Pending, type Waker };
