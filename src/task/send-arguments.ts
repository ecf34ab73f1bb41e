/**
 * Send, asked of what is handed to a portable task, with an answer that tells what is wrong.
 *
 * @module
 */

import type { Send, SendLeaf } from "./send.ts";

/**
 * What portable tasks are given, if all of it may move to another worker. What may not has a type
 * here that nothing has, and that says why: `CannotMove<"a function">`.
 *
 * A parameter may be of a type that tells too little, such as `unknown`, or an interface of which
 * an object has more than it asks for: so the arguments themselves are looked at. Of a type
 * parameter nothing can be told: generic code hands it on `as never`, and leaves it to the look at
 * run time.
 */
export type SendArguments<A extends unknown[]> =
  A extends Send<A> ? A : { [I in keyof A]: SendArgument<A[I]> };

/** In the place of an argument that is not Send. */
export interface CannotMove<Why extends string> {
  readonly "cannot move to another worker": Why;
}

type SendArgument<T> = [T] extends [Send<T>] ? T : CannotMove<WhyNot<T>>;

/** What is wrong with a type; never if it is Send. */
type WhyNot<T> = T extends SendLeaf
  ? never
  : T extends symbol
    ? "a symbol"
    : T extends ((...args: never) => unknown) | (abstract new (...args: never) => unknown)
      ? "a function"
      : T extends PromiseLike<unknown>
        ? "a promise"
        : T extends AbortSignal
          ? "an AbortSignal"
          : T extends SharedArrayBuffer
            ? "memory of a SharedArrayBuffer"
            : T extends readonly (infer I)[]
              ? `an array with ${WhyNot<I>} in it`
              : T extends ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
                ? "a collection of what cannot move"
                : Only<
                    {
                      [K in keyof T]: [T[K]] extends [Send<T[K]>]
                        ? never
                        : `an object whose ${Name<K>} is ${WhyNot<T[K]>}`;
                    }[keyof T]
                  >;

/** What is wrong, if that is one thing: the compiler shows no more than the name of a union. */
type Only<Why, All = Why> = [Why] extends [never]
  ? "an object of a class that stays where it is"
  : Why extends unknown
    ? [All] extends [Why]
      ? Why
      : "an object with methods, or other parts that cannot move"
    : never;

type Name<K> = K extends string | number ? K : "symbol property";
