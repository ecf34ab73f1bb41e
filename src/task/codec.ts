/**
 * Values on their way to another worker: written into the memory that all workers share, and read
 * out of it.
 *
 * The kinds below, and the few that one list around them makes, take no serialiser. They are what
 * most portable tasks are called with and return.
 *
 * *Why not structuredClone or postMessage*: a message wakes the receiver's event loop and costs
 * microseconds; a block in shared memory travels with the task, whoever steals it.
 *
 * @module
 */

import { Packr } from "msgpackr/pack";
import type { Thread } from "../core/thread.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";
import { type Encoded, NOTHING, UNDEFINED } from "./encoded.ts";
import { discardHandles, readHandles, sizeOf, writeHandles } from "./handle-list.ts";
import { checkSend, describe, isPlainPrototype, isPlainSend } from "./send-check.ts";
import {
  Detached,
  discardSpecials,
  packSpecials,
  type SpecialMessage,
  unpackSpecials,
} from "./send-specials.ts";

const NULL = 1;
const FALSE = 2;
const TRUE = 3;
const NUMBER = 4;
/** Text of code units below 128, a byte each. */
const ASCII = 5;
const BYTES = 6;
const BUFFER = 7;
const EMPTY_LIST = 8;
/** A list of numbers, eight bytes each. */
const NUMBERS = 9;
/** What the serialiser writes. */
const PACKED = 10;
/** The same, of a {@linkcode SpecialMessage}. */
const SPECIAL = 11;
/** A list of handles and numbers. */
const HANDLES = 12;
/** Added to one of the kinds that need no serialiser: the value stands alone in a list. */
const IN_LIST = 16;

/** Longer text is faster with the serialiser. Measured: they meet between 96 and 140. */
const ASCII_MAX = 96;
/** Longer lists of numbers are rare among arguments, and looking through them costs the others. */
const NUMBERS_MAX = 8;

const CONSTANTS = [UNDEFINED, NULL, FALSE, TRUE, EMPTY_LIST].flatMap((kind) => [
  kind,
  kind | IN_LIST,
]);
const CONSTANT: Encoded[] = [];
for (const kind of CONSTANTS) CONSTANT[kind] = { ...NOTHING, kind };

const packr = new Packr({ structuredClone: true, useBigIntExtension: true, copyBuffers: true });
/** Lets the serialiser write over what it returned last: it has been copied by then. */
const RESET_BUFFER_MODE = 1024;

/**
 * Writes `value` into the memory of `thread`'s runtime.
 *
 * Objects of sendable kinds are detached, unless an error is thrown: then nothing has changed.
 *
 * @param name What to call the value in errors, such as `args`.
 * @throws {NotSendError} If a part of the value cannot move; it names the part.
 * @throws {OutOfMemoryError} If the memory has no room for it.
 */
export function encode(value: unknown, thread: Thread, name = "value"): Encoded {
  const simple = Array.isArray(value) ? encodeList(value, thread) : encodeSimple(value, thread, 0);
  return simple ?? encodeAny(value, thread, name);
}

/**
 * Writes down what a task threw. Never throws: of what cannot move, there arrives what can be kept
 * of it, or an error that names it; and without memory for that, `undefined`.
 */
export function encodePanic(reason: unknown, thread: Thread): Encoded {
  for (const version of [() => reason, () => remainsOf(reason), () => nameOf(reason)]) {
    try {
      return encode(version(), thread, "what the task threw");
    } catch (error) {
      if (error instanceof OutOfMemoryError) break;
    }
  }
  return NOTHING;
}

/** What was thrown, without its properties that cannot move. */
function remainsOf(reason: unknown): unknown {
  const kept = Object.entries(reason as object).filter(([, field]) => isPlainSend(field));
  const fields = Object.fromEntries(kept);
  const isPlain = typeof reason === "object" && isPlainPrototype(Object.getPrototypeOf(reason));
  return isPlain ? fields : Object.assign(nameOf(reason), fields);
}

function nameOf(reason: unknown): Error {
  return new Error(`${describe(reason)} was thrown`);
}

/** Encodes the lists that need no serialiser; undefined for all others. */
function encodeList(list: unknown[], thread: Thread): Encoded | undefined {
  const length = list.length;
  if (length > NUMBERS_MAX || Object.getPrototypeOf(list) !== Array.prototype) return undefined;
  if (length === 0) return CONSTANT[EMPTY_LIST];
  if (length === 1) {
    const simple = 0 in list ? encodeSimple(list[0], thread, IN_LIST) : undefined;
    return simple ?? encodeHandles(list, thread);
  }
  for (let index = 0; index < length; index++) {
    if (typeof list[index] !== "number") return encodeHandles(list, thread);
  }
  const block = allocate(length * 8, thread);
  for (let index = 0; index < length; index++) {
    thread.f64[(block >> 3) + index] = list[index] as number;
  }
  return { kind: NUMBERS, block, size: length * 8, number: 0 };
}

function encodeHandles(list: unknown[], thread: Thread): Encoded | undefined {
  const block = writeHandles(list, thread);
  return block === 0 ? undefined : { kind: HANDLES, block, size: sizeOf(list), number: 0 };
}

/** Encodes what needs no serialiser; undefined for everything else. */
function encodeSimple(value: unknown, thread: Thread, list: number): Encoded | undefined {
  switch (typeof value) {
    case "number":
      return { kind: NUMBER | list, block: 0, size: 0, number: value };
    case "undefined":
      return CONSTANT[UNDEFINED | list];
    case "boolean":
      return CONSTANT[(value ? TRUE : FALSE) | list];
    case "string":
      return value.length <= ASCII_MAX ? encodeAscii(value, thread, list) : undefined;
    case "object":
      return value === null ? CONSTANT[NULL | list] : encodeObject(value, thread, list);
  }
  return undefined;
}

function encodeAscii(text: string, thread: Thread, list: number): Encoded | undefined {
  const size = text.length;
  for (let index = 0; index < size; index++) if (text.charCodeAt(index) > 127) return undefined;
  const block = allocate(size, thread);
  const bytes = thread.bytes;
  for (let index = 0; index < size; index++) bytes[block + index] = text.charCodeAt(index);
  return { kind: ASCII | list, block, size, number: 0 };
}

function encodeObject(value: object, thread: Thread, list: number): Encoded | undefined {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Uint8Array.prototype || prototype === NODE_BUFFER) {
    // Bytes that are shared already are refused by the check.
    if (!((value as Uint8Array).buffer instanceof ArrayBuffer)) return undefined;
    return encodeBytes(BYTES | list, value as Uint8Array, thread);
  }
  if (prototype !== ArrayBuffer.prototype) return undefined;
  return encodeBytes(BUFFER | list, new Uint8Array(value as ArrayBuffer), thread);
}

const NODE_BUFFER: unknown = typeof Buffer === "undefined" ? undefined : Buffer.prototype;

function encodeBytes(kind: number, bytes: Uint8Array, thread: Thread): Encoded {
  const size = bytes.byteLength;
  const block = allocate(size, thread);
  thread.bytes.set(bytes, block);
  return { kind, block, size, number: 0 };
}

function encodeAny(value: unknown, thread: Thread, name: string): Encoded {
  const { special } = checkSend(value, name, thread);
  if (!special) return encodeBytes(PACKED, packr.pack(value, RESET_BUFFER_MODE), thread);
  const detached = new Detached();
  try {
    const message = packSpecials(value, detached);
    return encodeBytes(SPECIAL, packr.pack(message, RESET_BUFFER_MODE), thread);
  } catch (error) {
    detached.restore();
    throw error;
  }
}

function allocate(size: number, thread: Thread): number {
  if (size === 0) return 0;
  const block = thread.core.allocate(size);
  if (block === 0) throw new OutOfMemoryError(`send ${size} bytes to another worker`);
  return block;
}

/**
 * Reads a value. What is returned is made of this worker's own memory; the block stays the
 * caller's to release. A value can be read once, if there are objects in it to adopt.
 */
export function decode(
  thread: Thread,
  kind: number,
  block: number,
  size: number,
  number: number,
): unknown {
  if ((kind & IN_LIST) !== 0) return [decode(thread, kind & ~IN_LIST, block, size, number)];
  switch (kind) {
    case NUMBER:
      return number;
    case UNDEFINED:
      return undefined;
    case NULL:
      return null;
    case FALSE:
    case TRUE:
      return kind === TRUE;
    case EMPTY_LIST:
      return [];
    case ASCII:
      return String.fromCharCode.apply(null, thread.bytes.subarray(block, block + size) as never);
    case BYTES:
      return copyOut(thread, block, size);
    case BUFFER:
      return copyOut(thread, block, size).buffer;
    case NUMBERS:
      return copyNumbers(thread, block >> 3, size >> 3);
    case HANDLES:
      return readHandles(thread, block, size);
    case PACKED:
      return packr.unpack(copyOut(thread, block, size));
    default:
      return unpackSpecials(packr.unpack(copyOut(thread, block, size)) as SpecialMessage, thread);
  }
}

/** Gives up the objects in a value that nobody will read. The block stays the caller's. */
export function discard(thread: Thread, kind: number, block: number, size: number): void {
  if (kind === HANDLES) discardHandles(thread, block, size);
  if (kind !== SPECIAL) return;
  discardSpecials(packr.unpack(copyOut(thread, block, size)) as SpecialMessage, thread);
}

/** Not `Array.from`: it iterates, which took a fifth of the time from a wake to the next line. */
function copyNumbers(thread: Thread, first: number, length: number): number[] {
  const list: number[] = [];
  for (let index = 0; index < length; index++) list.push(thread.f64[first + index] as number);
  return list;
}

/** Not `slice`: a slice of shared memory is shared memory, which half of the world refuses. */
function copyOut(thread: Thread, block: number, size: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(size);
  copy.set(thread.bytes.subarray(block, block + size));
  return copy;
}
