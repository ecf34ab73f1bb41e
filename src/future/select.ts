/**
 * Waiting for the first of several.
 *
 * @module
 */

import { context } from "../core/context.ts";
import { isThenable } from "../core/thenable.ts";
import type { Thread } from "../core/thread.ts";
import { checkBoolean, checkHook, checkOptions, optionNames } from "../error/check.ts";
import { type BranchOptions, giveUpAfterFailure, giveUpAll, keysOf } from "./branches.ts";
import { endedFuture } from "./failures.ts";
import { Future, PENDING, type Pending, type Waker } from "./future.ts";
import { giveBack } from "./granted.ts";
import { toFuture, type Work } from "./work.ts";

/** A branch with conditions. */
export interface Guarded<T> {
  readonly work: Work<T>;
  /** If false, the branch is left out: `work` is not touched. */
  readonly when?: boolean | undefined;
  /** Whether the branch may win with this value. If not, the others go on without it. */
  readonly match?: ((value: T) => boolean) | undefined;
}

/** What `select` waits for. What is not an object or a function is left out, as in `on && work`. */
export type Branch<T> = Work<T> | Guarded<T> | undefined | null | false;

/** How to select. */
export interface SelectOptions<E> extends BranchOptions {
  /** What to answer, under the key `else`, if no branch is left that could win. */
  readonly else?: (() => E) | undefined;
}

/** The branch that won, and its value: told apart by `key`. */
export type Selected<T> = {
  [K in keyof T]: {
    readonly key: K extends `${infer Index extends number}` ? Index : K;
    readonly value: Awaited<T[K]>;
  };
}[T extends readonly unknown[] ? Exclude<keyof T, keyof unknown[]> & keyof T : keyof T];

/** What was answered because no branch was left. */
export interface Else<E> {
  readonly key: "else";
  readonly value: E;
}

const ACTION = "select";
const OPTIONS = optionNames<SelectOptions<unknown>>({ biased: 0, else: 0 });
const GUARDED = optionNames<Guarded<unknown>>({ work: 0, when: 0, match: 0 });

/**
 * Waits until one of several branches has a value, and gives up the others.
 *
 * Of those that are ready at once any may win: a random one is asked first, unless `biased`. If the
 * first to end fails, so does the selection.
 *
 * `Promise.race` leaves the losers running, and leaves a reaction on each promise that goes on.
 * Here futures that lose are disposed: timers stop, a message stays in its channel, and an async
 * function that was given as a function is told by its signal and at its next wait. Only a promise
 * cannot be stopped: what stands behind it goes on. To keep a future for the next round of a loop,
 * give it with `byRef`.
 *
 * **Cancel safety.** As that of the branches. A value that `match` refuses is lost; a guard or a
 * permit is given back.
 *
 * @param branches An object or an array of futures, promises or functions, or of
 * `{ work, when, match }`.
 * @throws What the first branch to end throws.
 * @throws {Error} If no branch can win, and there is no `else`.
 *
 * @example
 * ```ts
 * const { sender, receiver } = mpsc.channel<string>(1);
 * await sender.send("hello");
 * const won = await select({ message: receiver.recv(), late: sleep(1000) });
 * if (won.key === "message") console.log(won.value); // hello
 * ```
 */
export function select<T extends readonly unknown[] | [], E>(
  branches: { [K in keyof T]: Branch<T[K]> },
  options: SelectOptions<E> & { readonly else: () => E },
): Future<Selected<T> | Else<E>>;
export function select<T extends readonly unknown[] | []>(
  branches: { [K in keyof T]: Branch<T[K]> },
  options?: SelectOptions<never>,
): Future<Selected<T>>;
export function select<T extends object, E>(
  branches: { [K in keyof T]: Branch<T[K]> },
  options: SelectOptions<E> & { readonly else: () => E },
): Future<Selected<T> | Else<E>>;
export function select<T extends object>(
  branches: { [K in keyof T]: Branch<T[K]> },
  options?: SelectOptions<never>,
): Future<Selected<T>>;
export function select(branches: object, options?: SelectOptions<unknown>): Future<unknown> {
  return new Select(branches, options);
}

type Branches = Readonly<Record<string | number, Branch<unknown>>>;
type Match = (value: unknown) => boolean;

/** Which branch it was, and its value. */
interface Won {
  readonly key: string | number;
  readonly value: unknown;
}

class Select extends Future<Won> {
  readonly #keys: readonly (string | number)[];
  /** Undefined: left out, or it has ended. */
  readonly #futures: (Future<unknown> | undefined)[];
  /** Mostly there are none. */
  #matches: (Match | undefined)[] | undefined;
  readonly #biased: boolean;
  readonly #else: (() => unknown) | undefined;
  /** Which branch the next poll asks first, if that was drawn before it. */
  #first: number | undefined;
  #hasEnded = false;

  constructor(branches: object, options: SelectOptions<unknown> | undefined) {
    super();
    const keys = keysOf(ACTION, branches);
    this.#keys = keys;
    this.#futures = new Array(keys.length);
    for (let index = 0; index < keys.length; index++) {
      this.#add(index, (branches as Branches)[keys[index] as string | number]);
    }
    const checked = options === undefined ? {} : checkOptions(ACTION, options, OPTIONS);
    this.#biased =
      checked.biased === undefined ? false : checkBoolean(ACTION, "biased", checked.biased);
    this.#else = checkHook(ACTION, "else", checked.else);
  }

  override poll(waker: Waker): Won | Pending {
    if (this.#hasEnded) throw endedFuture();
    const { thread } = context();
    // Nothing could be finished: not even a timer is asked, lest one branch is always too late.
    if (thread.budget <= 0) {
      thread.takeBudget(waker);
      return PENDING;
    }
    return this.#ask(thread, waker);
  }

  /** @internal */
  override pollNow(): Won | Pending {
    const { thread } = context();
    if (this.#hasEnded || thread.isClosed || thread.budget <= 0) return PENDING;
    return this.#matches === undefined ? this.#ask(thread, undefined) : PENDING;
  }

  /** Without a waker, only the branch whose turn it is, and only for what it has at once. */
  #ask(thread: Thread, waker: Waker | undefined): Won | Pending {
    let won: Won | Pending;
    try {
      won = waker === undefined ? this.#pollFirst(thread) : this.#pollBranches(thread, waker);
      // One of the branches may have given the whole up.
      if (this.#isOver()) throw endedFuture();
    } catch (reason) {
      this.#hasEnded = true;
      giveUpAfterFailure(this.#futures);
      throw reason;
    }
    if (won !== PENDING) this[Symbol.dispose]();
    return won;
  }

  override [Symbol.dispose](): void {
    this.#hasEnded = true;
    giveUpAll(this.#futures);
  }

  #isOver(): boolean {
    return this.#hasEnded;
  }

  #add(index: number, branch: Branch<unknown>): void {
    let future: Future<unknown> | undefined;
    if (branch instanceof Future) future = branch.oneWait();
    else if (typeof branch === "object" && branch !== null && !isThenable(branch)) {
      const { work, when = true, match } = checkOptions(ACTION, branch, GUARDED);
      if (checkBoolean(ACTION, "when", when)) future = toFuture(work as Work<unknown>, ACTION);
      if (checkHook(ACTION, "match", match) !== undefined) {
        this.#matches ??= [];
        this.#matches[index] = match;
      }
    } else if (branch !== undefined && branch !== null && branch !== false) {
      future = toFuture(branch, ACTION);
    }
    this.#futures[index] = future;
  }

  /** The first of those that have begun. If it has nothing, it is the first of the next poll. */
  #pollFirst(thread: Thread): Won | Pending {
    const futures = this.#futures;
    const count = futures.length;
    let index = this.#drawFirst(thread);
    this.#first = index;
    for (let turn = 0; turn < count; turn++) {
      const future = futures[index];
      if (future !== undefined && !future.beginsPending) {
        const value = future.pollNow();
        if (value === PENDING) return PENDING;
        futures[index] = undefined;
        return this.#won(index, value);
      }
      index = index + 1 === count ? 0 : index + 1;
    }
    return PENDING;
  }

  #drawFirst(thread: Thread): number {
    const count = this.#futures.length;
    return this.#biased || count < 2 ? 0 : thread.random(count);
  }

  #pollBranches(thread: Thread, waker: Waker): Won | Pending {
    const futures = this.#futures;
    const count = futures.length;
    let someWait = false;
    let someBegin = false;
    let index = this.#first ?? this.#drawFirst(thread);
    this.#first = undefined;
    for (let turn = 0; turn < count; turn++) {
      const future = futures[index];
      if (future?.beginsPending) someBegin = true;
      else if (future !== undefined) {
        const value = this.#pollBranch(future, index, waker);
        if (value === PENDING) someWait = true;
        else if (this.#isWanted(index, value)) return this.#won(index, value);
      }
      index = index + 1 === count ? 0 : index + 1;
    }
    if (someBegin) this.#begin(waker);
    return someWait || someBegin ? PENDING : this.#otherwise();
  }

  #isWanted(index: number, value: unknown): boolean {
    const matches = this.#matches?.[index];
    if (matches === undefined) return true;
    let isWanted = false;
    try {
      isWanted = matches(value);
    } finally {
      if (!isWanted) giveBack(value);
    }
    return isWanted;
  }

  /** A branch that has ended, with whatever, is not touched again. */
  #pollBranch(future: Future<unknown>, index: number, waker: Waker): unknown {
    let value: unknown;
    try {
      value = future.poll(waker);
    } catch (reason) {
      this.#futures[index] = undefined;
      throw reason;
    }
    if (value !== PENDING) this.#futures[index] = undefined;
    return value;
  }

  /** Begins what was not, since another branch might have won without it. */
  #begin(waker: Waker): void {
    for (const future of this.#futures) if (future?.beginsPending) future.poll(waker);
  }

  #won(index: number, value: unknown): Won {
    return { key: this.#keys[index] as string | number, value };
  }

  #otherwise(): Won {
    if (this.#else !== undefined) return { key: "else", value: this.#else() };
    throw new Error("Cannot select: no branch is left, and there is no else");
  }
}
