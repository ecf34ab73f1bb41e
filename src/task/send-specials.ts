/**
 * What the serialiser cannot write by itself: errors, objects that are detached, and a few values
 * that it would change on the way.
 *
 * The value is copied with a hole where each of them stands. What belongs into the holes follows
 * as a list, each entry with the places where it was found. The list refers to the very objects
 * of the copy, which works because the serialiser keeps identity within one message.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import { sendableNamed, sendableNameOf } from "./send.ts";
import { isPlainPrototype, isPlainSend, isSafeKey, isWellFormed } from "./send-check.ts";
import { type ErrorParts, errorShell, errorToParts, fillError } from "./send-error.ts";

/** An entry: what it is, what it is made of, and then pairs of holder and key. */
type Special = [tag: number, data: unknown, ...places: unknown[]];

/** A message: the value in a list of one, and what belongs into its holes. */
export type SpecialMessage = [value: [unknown], specials: Special[]];

const NEGATIVE_ZERO = 0;
/** Text with half a surrogate pair: its code units. */
const TEXT = 1;
/** An object with a key that has a meaning of its own: keys and values in turn. */
const FIELDS = 2;
/** An array with gaps: its length, then indices and values in turn. */
const SPARSE = 3;
/** Keys and values in turn. */
const MAP = 4;
const SET = 5;
/** {@linkcode ErrorParts}. */
const ERROR = 6;
/** The name of a sendable kind, and what one of its objects was detached into. */
const HANDLE = 7;

/** Objects that were taken out of use for a message. */
export class Detached {
  readonly #entries: [name: string, object: object, plain: unknown][] = [];

  /** Detaches `object`; {@linkcode restore} can still undo it. */
  take(object: object): [string, unknown] {
    const name = sendableNameOf(object) as string;
    const plain = sendableNamed(name)?.detach(object);
    this.#entries.push([name, object, plain]);
    if (!isPlainSend(plain)) {
      throw new TypeError(`Cannot detach ${name}: what it is made of is not plain data`);
    }
    return [name, plain];
  }

  /** Puts everything back: the message was not sent. */
  restore(): void {
    for (const [name, object, plain] of this.#entries.splice(0)) {
      sendableNamed(name)?.restore(object, plain);
    }
  }
}

/** Turns a value that passed the check into something that the serialiser writes faithfully. */
export function packSpecials(value: unknown, detached: Detached): SpecialMessage {
  const root: [unknown] = [undefined];
  const packer = new Packer(detached);
  packer.place(root, 0, value);
  return [root, packer.specials];
}

class Packer {
  readonly specials: Special[] = [];
  readonly #copies = new Map<object, object>();
  readonly #marks = new Set<unknown>();
  readonly #detached: Detached;

  constructor(detached: Detached) {
    this.#detached = detached;
  }

  /** Puts the copy of `value` into its place, or notes that a special belongs there. */
  place(holder: object, key: string | number, value: unknown): void {
    const copy = this.#copy(value);
    const special = this.#marks.has(copy);
    if (special) (copy as unknown[]).push(holder, key);
    (holder as Record<string | number, unknown>)[key] = special ? null : copy;
  }

  #copy(value: unknown): unknown {
    if (typeof value === "number") {
      return Object.is(value, -0) ? this.#special(NEGATIVE_ZERO, null) : value;
    }
    if (typeof value === "string") {
      return isWellFormed(value) ? value : this.#special(TEXT, codeUnits(value));
    }
    if (typeof value !== "object" || value === null) return value;
    return this.#copies.get(value) ?? this.#copyObject(value);
  }

  #copyObject(value: object): unknown {
    const prototype = Object.getPrototypeOf(value);
    if (isPlainPrototype(prototype)) return this.#copyFields(value);
    if (prototype === Array.prototype) return this.#copyItems(value as unknown[]);
    if (prototype === Map.prototype)
      return this.#list(MAP, value, [...(value as Map<unknown, unknown>)].flat());
    if (prototype === Set.prototype) return this.#list(SET, value, [...(value as Set<unknown>)]);
    if (sendableNameOf(value) !== undefined) return this.#copyHandle(value);
    if (value instanceof Error) return this.#list(ERROR, value, errorToParts(value));
    return value;
  }

  #copyFields(value: object): unknown {
    const entries = Object.entries(value);
    if (!entries.every(([key]) => isSafeKey(key))) return this.#list(FIELDS, value, entries.flat());
    const copy = {};
    this.#copies.set(value, copy);
    for (const [key, field] of entries) this.place(copy, key, field);
    return copy;
  }

  #copyItems(items: unknown[]): unknown {
    if (Object.keys(items).length < items.length) {
      const pairs: unknown[] = [];
      items.forEach((item, index) => {
        pairs.push(index, item);
      });
      return this.#list(SPARSE, items, [items.length, ...pairs]);
    }
    const copy: unknown[] = [];
    this.#copies.set(items, copy);
    for (let index = 0; index < items.length; index++) this.place(copy, index, items[index]);
    return copy;
  }

  #copyHandle(value: object): unknown {
    const special = this.#special(HANDLE, this.#detached.take(value));
    this.#copies.set(value, special);
    return special;
  }

  /** A special that is made of other values, which may be special themselves, or contain it. */
  #list(tag: number, value: object, parts: unknown[]): unknown {
    const data: unknown[] = [];
    const special = this.#special(tag, data);
    this.#copies.set(value, special);
    for (const [index, part] of parts.entries()) this.place(data, index, part);
    return special;
  }

  #special(tag: number, data: unknown): object {
    const special: Special = [tag, data];
    this.specials.push(special);
    this.#marks.add(special);
    return special;
  }
}

/** Makes the value of a message that has arrived. */
export function unpackSpecials([root, specials]: SpecialMessage, thread: Thread): unknown {
  const made = specials.map((special) => shellOf(special, thread));
  for (const [index, special] of specials.entries()) {
    for (let place = 2; place < special.length; place += 2) {
      const holder = special[place] as Record<string | number, unknown>;
      holder[special[place + 1] as string | number] = made[index];
    }
  }
  for (const [index, special] of specials.entries()) fill(made[index], special);
  return root[0];
}

/** Gives up the detached objects of a message that will not be received. */
export function discardSpecials([, specials]: SpecialMessage, thread: Thread): void {
  for (const [tag, data] of specials) {
    if (tag !== HANDLE) continue;
    const [name, plain] = data as [string, unknown];
    sendableNamed(name)?.discard(plain, thread);
  }
}

/** The object that others refer to, before it has its own parts. */
function shellOf([tag, data]: Special, thread: Thread): unknown {
  if (tag === NEGATIVE_ZERO) return -0;
  if (tag === TEXT) return textOf(data as Uint16Array);
  if (tag === SPARSE) return new Array((data as [number])[0]);
  if (tag === MAP) return new Map();
  if (tag === SET) return new Set();
  if (tag === ERROR) return errorShell(data as ErrorParts);
  return tag === HANDLE ? adopt(data as [string, unknown], thread) : {};
}

function adopt([name, plain]: [string, unknown], thread: Thread): object {
  const kind = sendableNamed(name);
  if (kind !== undefined) return kind.adopt(plain, thread);
  throw new TypeError(`Cannot receive ${name}: this worker has not registered it as sendable`);
}

function fill(made: unknown, [tag, data]: Special): void {
  const parts = data as unknown[];
  if (tag === ERROR) fillError(made as Error, parts);
  else if (tag === SET) for (const part of parts) (made as Set<unknown>).add(part);
  else if (tag === MAP)
    forPairs(parts, 0, (key, value) => (made as Map<unknown, unknown>).set(key, value));
  else if (tag === FIELDS) forPairs(parts, 0, (key, value) => define(made as object, key, value));
  else if (tag === SPARSE) forPairs(parts, 1, (key, value) => define(made as object, key, value));
}

function forPairs(parts: unknown[], from: number, body: (key: unknown, value: unknown) => void) {
  for (let index = from; index < parts.length; index += 2) body(parts[index], parts[index + 1]);
}

/** Assignment would call the setter that `__proto__` is. */
function define(object: object, key: unknown, value: unknown): void {
  const attributes = { value, configurable: true, enumerable: true, writable: true };
  Object.defineProperty(object, key as string, attributes);
}

function codeUnits(text: string): Uint16Array {
  return Uint16Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
}

function textOf(units: Uint16Array): string {
  return Array.from(units, (unit) => String.fromCharCode(unit)).join("");
}
