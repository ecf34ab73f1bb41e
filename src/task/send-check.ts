/**
 * Looks through a value that is to move to another worker, before anything is done with it.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import { atCaller } from "../error/at-caller.ts";
import { NotSendError } from "../error/not-send.ts";
import { sendableNamed, sendableNameOf } from "./send.ts";

/** What a look through a value found. */
export interface SendFindings {
  /** True if some part of it needs {@linkcode packSpecials} before it can be serialised. */
  readonly special: boolean;
  /** How many objects in it will be detached. */
  readonly handles: number;
}

/**
 * How deep a value may be nested. What reads and writes it calls itself for every level: on an
 * ordinary stack, sets overflow it at 700 and objects at 1200. Measured.
 */
const DEPTH_MAX = 500;
/** Steps of a path that errors show when there are too many. */
const STEPS_SHOWN = 3;

/** Built-in objects that are written down as they are. */
const LEAF_PROTOTYPES = new Set<unknown>([Date.prototype, RegExp.prototype, ArrayBuffer.prototype]);

/** Views of bytes and numbers. Node's own class counts, for its buffers are in every program. */
const VIEW_PROTOTYPES = new Set<unknown>([
  Int8Array.prototype,
  Uint8Array.prototype,
  Uint8ClampedArray.prototype,
  Int16Array.prototype,
  Uint16Array.prototype,
  Int32Array.prototype,
  Uint32Array.prototype,
  Float32Array.prototype,
  Float64Array.prototype,
  BigInt64Array.prototype,
  BigUint64Array.prototype,
  DataView.prototype,
  ...(typeof Buffer === "undefined" ? [] : [Buffer.prototype]),
]);

/**
 * Makes sure that all of `value` may move.
 *
 * @param root What to call the value in the error, such as `args`.
 * @param thread The thread that sends it, if it is to be sent now.
 * @throws {NotSendError} At the first part that may not.
 */
export function checkSend(value: unknown, root: string, thread?: Thread): SendFindings {
  const check = new Check(root, thread);
  check.visit(value);
  return check;
}

/** True for what {@linkcode checkSend} lets pass and which has nothing in it to detach. */
export function isPlainSend(value: unknown): boolean {
  try {
    return checkSend(value, "value").handles === 0;
  } catch (error) {
    if (error instanceof NotSendError) return false;
    throw error;
  }
}

/** True if UTF-8 can hold `text`: no half of a surrogate pair stands alone in it. */
export function isWellFormed(text: string): boolean {
  // Newer than the library that the sources are checked against, and far faster than a pattern.
  const native = (text as { isWellFormed?(): boolean }).isWellFormed;
  return native === undefined ? !/\p{Surrogate}/u.test(text) : native.call(text);
}

/** True if an object with this prototype is plain data. */
export function isPlainPrototype(prototype: object | null): boolean {
  return prototype === Object.prototype || prototype === null;
}

/** True if `key` can be the name of a property in what the serialiser reads. */
export function isSafeKey(key: string): boolean {
  return key !== "__proto__" && isWellFormed(key);
}

class Check implements SendFindings {
  special = false;
  handles = 0;
  readonly #seen = new Set<object>();
  readonly #root: string;
  readonly #thread: Thread | undefined;
  /** From the root to the value that is being looked at. */
  readonly #path: (string | number)[] = [];

  constructor(root: string, thread: Thread | undefined) {
    this.#root = root;
    this.#thread = thread;
  }

  visit(value: unknown): void {
    switch (typeof value) {
      case "number":
        if (value === 0 && 1 / value < 0) this.special = true;
        break;
      case "string":
        if (!isWellFormed(value)) this.special = true;
        break;
      case "function":
      case "symbol":
        this.#refuse(describe(value));
        break;
      case "object":
        if (value !== null && !this.#seen.has(value)) this.#visitObject(value);
    }
  }

  #visitObject(value: object): void {
    this.#seen.add(value);
    const prototype = Object.getPrototypeOf(value);
    if (isPlainPrototype(prototype)) this.#visitFields(value);
    else if (prototype === Array.prototype) this.#visitItems(value as unknown[]);
    else if (VIEW_PROTOTYPES.has(prototype)) this.#visitView(value as ArrayBufferView);
    else if (prototype === Map.prototype) this.#visitMap(value as Map<unknown, unknown>);
    else if (prototype === Set.prototype) this.#visitSet(value as Set<unknown>);
    else if (!LEAF_PROTOTYPES.has(prototype)) this.#visitInstance(value);
  }

  #visitFields(value: object): void {
    for (const key of Object.keys(value)) {
      if (!isSafeKey(key)) this.special = true;
      this.#visitAt(key, (value as Record<string, unknown>)[key]);
    }
  }

  #visitItems(items: unknown[]): void {
    for (let index = 0; index < items.length; index++) {
      const item = items[index];
      // Most arrays that are large enough to matter hold numbers.
      if (typeof item === "number" && item !== 0) continue;
      if (item === undefined && !(index in items)) this.special = true;
      this.#visitAt(index, item);
    }
  }

  #visitView(view: ArrayBufferView): void {
    // A copy would be made, and whoever writes to the original would wonder why nobody sees it.
    if (!(view.buffer instanceof ArrayBuffer)) this.#refuse(describe(view.buffer));
  }

  #visitMap(map: Map<unknown, unknown>): void {
    let index = 0;
    for (const [key, item] of map) {
      this.#visitAt(`<key ${index}>`, key);
      this.#visitAt(typeof key === "object" ? `<value ${index}>` : `<${String(key)}>`, item);
      index += 1;
    }
  }

  #visitSet(set: Set<unknown>): void {
    let index = 0;
    for (const item of set) {
      this.#visitAt(`<member ${index}>`, item);
      index += 1;
    }
  }

  #visitInstance(value: object): void {
    const name = sendableNameOf(value);
    // What an error refers to is left behind if it cannot move: the news must get through.
    if (name === undefined && !(value instanceof Error)) this.#refuse(describe(value));
    this.special = true;
    if (name === undefined) return;
    this.handles += 1;
    const reason = sendableNamed(name)?.refuse?.(value, this.#thread);
    if (reason !== undefined) this.#refuse(reason);
  }

  #visitAt(key: string | number, value: unknown): void {
    if (this.#path.length > DEPTH_MAX) {
      this.#refuse(`nested more than ${DEPTH_MAX} deep`, `${this.#where(STEPS_SHOWN)}…`);
    }
    this.#path.push(key);
    this.visit(value);
    this.#path.pop();
  }

  #refuse(found: string, where = this.#where()): never {
    throw atCaller(new NotSendError(where, found), checkSend);
  }

  #where(steps = this.#path.length): string {
    return this.#path.slice(0, steps).reduce<string>((path, key) => path + step(key), this.#root);
  }
}

/** One step of a path, as code would write it. */
function step(key: string | number): string {
  if (typeof key === "number") return `[${key}]`;
  if (key.startsWith("<")) return key;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)
    ? `.${key}`
    : `[${JSON.stringify(key)}]`;
}

/** What to call a value that cannot move. */
export function describe(value: unknown): string {
  if (typeof value === "function") {
    return value.name === "" ? "a function" : `the function ${value.name}`;
  }
  if (typeof value === "symbol") return "a symbol";
  if (value instanceof Promise) return "a promise";
  if (typeof SharedArrayBuffer !== "undefined" && value instanceof SharedArrayBuffer) {
    return "memory of a SharedArrayBuffer, which must be copied first";
  }
  const name = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === "string" && name !== ""
    ? `an instance of ${name}`
    : "an object of a class";
}
