/**
 * Waiting for all of several.
 *
 * @module
 */

import { checkBoolean, checkOptions } from "../error/check.ts";
import { type BranchOptions, giveUpAfterFailure, giveUpAll, keysOf } from "./branches.ts";
import { endedFuture, failureOf } from "./failures.ts";
import { Future, PENDING, type Pending, type Waker } from "./future.ts";
import { giveBack } from "./granted.ts";
import { toFuture, type Work } from "./work.ts";

/** Works to be joined, in an object or an array. */
type Works<T> = { readonly [K in keyof T]: Work<T[K]> };

/** Their values, under the same keys. */
type Joined<T> = { [K in keyof T]: Awaited<T[K]> };

/**
 * Waits for all of several, in one task, and for all to end even if some fail.
 *
 * Whenever there is news, all that have not ended are polled, beginning with another one each time;
 * `biased` is in the order in which they are written.
 *
 * **Cancel safety.** Values that were there before are lost; guards and permits are given back,
 * also if another one fails.
 *
 * @param works An object or an array of futures, promises or functions. The values come in the same
 * shape.
 * @throws What the one that failed threw; of several, an `AggregateError` with the errors in the
 * order in which they came.
 *
 * @example
 * ```ts
 * const { user, posts } = await join({
 *   user: async () => "ann",
 *   posts: co(function* () {
 *     yield* sleep(1);
 *     return 3;
 *   }),
 * });
 * console.log(user, posts); // ann 3
 * ```
 */
export function join<T extends readonly unknown[] | []>(
  works: Works<T>,
  options?: BranchOptions,
): Future<Joined<T>>;
export function join<T extends object>(works: Works<T>, options?: BranchOptions): Future<Joined<T>>;
export function join(works: object, options?: BranchOptions): Future<object> {
  return new Join("join", works, options, false);
}

/**
 * Waits for all of several, in one task, unless one fails: then the others are given up.
 *
 * `Promise.all` fails as early, but leaves the others running, and nobody hears of them any more.
 * Here they are disposed; only a promise cannot be stopped. Otherwise as {@linkcode join}.
 *
 * **Cancel safety.** Values that were there before are lost; guards and permits are given back,
 * also if another one fails.
 *
 * @throws What the first to fail threw.
 *
 * @example
 * ```ts
 * const [first, second] = await tryJoin([async () => 1, async () => "two"]);
 * console.log(first, second); // 1 two
 * ```
 */
export function tryJoin<T extends readonly unknown[] | []>(
  works: Works<T>,
  options?: BranchOptions,
): Future<Joined<T>>;
export function tryJoin<T extends object>(
  works: Works<T>,
  options?: BranchOptions,
): Future<Joined<T>>;
export function tryJoin(works: object, options?: BranchOptions): Future<object> {
  return new Join("join", works, options, true);
}

class Join extends Future<object> {
  readonly #keys: readonly (string | number)[];
  /** Undefined once it has ended. */
  readonly #futures: (Future<unknown> | undefined)[];
  readonly #values: unknown[] = [];
  readonly #isArray: boolean;
  readonly #failures: unknown[] = [];
  readonly #failsFast: boolean;
  readonly #biased: boolean;
  /** Which one to poll first. */
  #first = 0;
  #hasEnded = false;

  constructor(
    action: string,
    works: object,
    options: BranchOptions | undefined,
    failsFast: boolean,
  ) {
    super();
    const { biased = false } = checkOptions(action, options, ["biased"]);
    this.#biased = checkBoolean(action, "biased", biased);
    this.#failsFast = failsFast;
    this.#isArray = Array.isArray(works);
    this.#keys = keysOf(action, works);
    const entries = works as Record<string | number, Work<unknown>>;
    this.#futures = this.#keys.map((key) => toFuture(entries[key] as Work<unknown>, action));
  }

  override poll(waker: Waker): object | Pending {
    if (this.#hasEnded) throw endedFuture();
    const someWait = this.#pollBranches(waker);
    // One of the branches may have given the whole up.
    if (this.#isOver()) {
      this.#giveBack();
      throw endedFuture();
    }
    if (someWait) return PENDING;
    this.#hasEnded = true;
    if (this.#failures.length > 0) {
      this.#giveBack();
      throw failureOf("join", this.#failures);
    }
    return this.#result();
  }

  override [Symbol.dispose](): void {
    if (!this.#hasEnded) this.#giveBack();
    this.#hasEnded = true;
    giveUpAll(this.#futures);
  }

  /** Nobody gets the values. */
  #giveBack(): void {
    for (const value of this.#values.splice(0)) giveBack(value);
  }

  #isOver(): boolean {
    return this.#hasEnded;
  }

  #pollBranches(waker: Waker): boolean {
    const count = this.#futures.length;
    let someWait = false;
    let index = this.#biased ? 0 : this.#first;
    for (let turn = 0; turn < count; turn++) {
      if (!this.#pollBranch(index, waker)) someWait = true;
      index = index + 1 === count ? 0 : index + 1;
    }
    this.#first = this.#first + 1 >= count ? 0 : this.#first + 1;
    return someWait;
  }

  /** False if it has to wait. */
  #pollBranch(index: number, waker: Waker): boolean {
    const future = this.#futures[index];
    if (future === undefined) return true;
    try {
      const value = future.poll(waker);
      if (value === PENDING) return false;
      this.#values[index] = value;
      this.#futures[index] = undefined;
    } catch (reason) {
      this.#futures[index] = undefined;
      this.#fail(reason);
    }
    return true;
  }

  #fail(reason: unknown): void {
    if (!this.#failsFast) {
      this.#failures.push(reason);
      return;
    }
    this.#hasEnded = true;
    this.#giveBack();
    giveUpAfterFailure(this.#futures);
    throw reason;
  }

  /** The values, under keys in their order, whoever ended first. */
  #result(): object {
    const values = this.#values;
    if (this.#isArray) return values;
    // Each is a property of its own, also one that is called as what objects inherit from.
    return Object.fromEntries(this.#keys.map((key, index) => [key, values[index]]));
  }
}
