/**
 * Send: what may move to another worker, as a type, and how classes of one's own can take part.
 *
 * Workers share memory but no JavaScript heap, so a value moves by being written down on one side
 * and made again on the other. What has no meaning there, such as a function, is not Send.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import { checkString, wrongType } from "../error/check.ts";

/**
 * The name under which the objects of a class move; a class that has it is `Send`. Its value must
 * have been given to {@linkcode registerSendable} on both sides.
 */
export const sendable: unique symbol = Symbol.for("tokiwa.sendable");

/** An object of a class that knows how to move. */
export interface Sendable {
  readonly [sendable]: string;
}

/** Arrays of numbers as the machine has them. They move by copy. */
export type SendArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** What is Send by itself. */
export type SendLeaf =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | RegExp
  | Error
  | ArrayBuffer
  | DataView
  | SendArray
  | Sendable;

/**
 * `T` if all of it may move to another worker; otherwise the offending places become `never`, and
 * `T` does not extend it. {@linkcode task} refuses parameters by it.
 *
 * This is a first check for the compiler. What types cannot tell, such as an instance of a class
 * that looks like a plain object, is found when the value is handed over, as a `NotSendError`.
 */
export type Send<T> = T extends SendLeaf
  ? T
  : T extends readonly unknown[]
    ? SendItems<T>
    : T extends ReadonlyMap<infer K, infer V>
      ? SendMap<K, V>
      : T extends ReadonlySet<infer V>
        ? SendSet<V>
        : T extends NotSend
          ? never
          : T extends object
            ? { [K in keyof T]: Send<T[K]> }
            : T;

// The compiler opens interfaces late: types that contain themselves, such as JSON's, need that.
interface SendItems<T extends readonly unknown[]> extends ReadonlyArray<Send<T[number]>> {}
interface SendMap<K, V> extends ReadonlyMap<Send<K>, Send<V>> {}
interface SendSet<V> extends ReadonlySet<Send<V>> {}

/** What the compiler would take for a plain object or a primitive, but is not Send. */
type NotSend =
  | symbol
  | ((...args: never) => unknown)
  | (abstract new (
      ...args: never
    ) => unknown)
  | PromiseLike<unknown>
  | WeakMap<WeakKey, unknown>
  | WeakSet<WeakKey>
  | WeakRef<WeakKey>
  | SharedArrayBuffer
  | AbortSignal;

/** How the objects of one class move. */
export interface SendableKind<T extends object, P> {
  /**
   * Are they handles of the core's, of which nothing moves but a stake?
   *
   * @internal
   */
  readonly isHandle?: true;
  /** True for the objects of this class. */
  is(value: object): value is T;
  /**
   * Why this object cannot move now, such as `a stream with a read under way`; undefined if it
   * can. Asked for every object of a message before the first of them is detached. `thread` is the
   * runtime's own, if it is known.
   */
  refuse?(value: T, thread: Thread | undefined): string | undefined;
  /**
   * Takes the object out of use here, and returns what it is made of: plain data, without other
   * sendable objects or errors in it. Must not throw.
   */
  detach(value: T): P;
  /** Undoes {@linkcode detach} on the same object: the message could not be sent after all. */
  restore(value: T, plain: P): void;
  /** Makes the object again where it arrived. */
  adopt(plain: P, thread: Thread): T;
  /**
   * Gives up what was detached and never arrived, as its task ended before it began, or after
   * whoever waited for it. It may be called on any thread that has registered the kind.
   */
  discard(plain: P, thread: Thread): void;
}

const kinds = new Map<string, SendableKind<object, unknown>>();

/**
 * Teaches the runtime how the objects of a class move to other workers.
 *
 * Every worker that may receive one must have done so too: call this beside the class.
 *
 * @param name Tells kinds apart on the way; the same on every worker.
 * @throws {TypeError} If another kind has that name, or a part of this one is missing.
 */
export function registerSendable<T extends object, P>(
  name: string,
  kind: SendableKind<T, P>,
): void {
  checkString("register sendable", "name", name);
  if (kinds.has(name)) {
    throw new TypeError(`Cannot register sendable: the name "${name}" is taken`);
  }
  for (const part of ["is", "detach", "restore", "adopt", "discard"] as const) {
    if (typeof kind?.[part] === "function") continue;
    throw wrongType("register sendable", part, "a function", kind?.[part]);
  }
  kinds.set(name, kind as unknown as SendableKind<object, unknown>);
}

/** The kind called `name`, as a message that arrived calls it. */
export function sendableNamed(name: string): SendableKind<object, unknown> | undefined {
  return kinds.get(name);
}

/** The name of the kind that `value` is of; undefined if it is of none. */
export function sendableNameOf(value: object): string | undefined {
  const own = (value as Partial<Sendable>)[sendable];
  if (own !== undefined) return kinds.has(own) ? own : undefined;
  for (const [name, kind] of kinds) if (kind.is(value)) return name;
  return undefined;
}
