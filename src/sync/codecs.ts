/**
 * How the messages of each kind are written and read.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import { wrongType } from "../error/check.ts";
import { NotSendError } from "../error/not-send.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";
import { decode, encode } from "../task/codec.ts";
import { checkSend, isPlainSend } from "../task/send-check.ts";
import { cutBytes } from "./byte-pool.ts";
import { Codec, copyOut, writeNumber } from "./message.ts";
import { SharedQueue } from "./mpsc/shared-queue.ts";
import { NUMBERS, type NumberName, type NumberType } from "./numbers.ts";
import { SharedSlot } from "./oneshot/shared-slot.ts";
import {
  type ArrayClass,
  ArrayPlace,
  checkArray,
  type Field,
  fieldsOf,
  type NumberArray,
  NumberPlace,
  type Place,
  StructPlace,
  writeFields,
} from "./place.ts";
import { SharedCell } from "./shared-cell.ts";

/** What stands before the bytes of a block: how many they are. */
const LENGTH_BYTES = 8;

abstract class SharedCodec<T> extends Codec<T> {
  override queue(): SharedQueue<T> {
    return new SharedQueue(this);
  }

  override slot(): SharedSlot<T> {
    return new SharedSlot(this);
  }

  override cell(action: string, value: T, permits: number, place: Place<T>): SharedCell<T> {
    return SharedCell.make(action, value, permits, place);
  }
}

/** Numbers travel as they are. */
class NumberCodec<T> extends SharedCodec<T> {
  readonly #type: NumberType<T>;

  constructor(name: string, type: NumberType<T>) {
    super(name, false, new NumberPlace(type));
    this.#type = type;
  }

  override write(thread: Thread, value: T, at: number): void {
    if (!this.#type.is(value)) throw wrongType("send", "message", this.#type.wanted, value);
    writeNumber(thread, at, 0); // Most are shorter than a message.
    this.#type.write(thread.view, at, value);
  }

  override peek(thread: Thread, at: number): T {
    return this.#type.read(thread.view, at);
  }
}

/** Everything else travels in a block: so many bytes, behind their number. */
abstract class BlockCodec<T> extends SharedCodec<T> {
  constructor(name: string, place?: Place<T>) {
    super(name, true, place);
  }

  protected abstract readBytes(thread: Thread, at: number, size: number): T;

  override peek(thread: Thread, at: number): T {
    const block = thread.u32[at >> 2] as number;
    return this.readBytes(thread, block + LENGTH_BYTES, thread.u32[block >> 2] as number);
  }

  /** A block for so many bytes. */
  protected allocate(thread: Thread, size: number): number {
    const block = thread.core.allocate(LENGTH_BYTES + size);
    if (block === 0) throw new OutOfMemoryError("send");
    thread.u32[block >> 2] = size;
    return block;
  }
}

class TextCodec extends BlockCodec<string> {
  override write(thread: Thread, text: string, at: number): void {
    if (typeof text !== "string") throw wrongType("send", "message", "a string", text);
    const block = this.allocate(thread, text.length * 2);
    const units = new Uint16Array(thread.bytes.buffer, block + LENGTH_BYTES, text.length);
    for (let index = 0; index < text.length; index++) units[index] = text.charCodeAt(index);
    writeNumber(thread, at, block);
  }

  protected override readBytes(thread: Thread, at: number, size: number): string {
    return new TextDecoder("utf-16le").decode(copyOut(thread, at, size));
  }
}

/** Bytes, as what they were sent as or as the other. */
abstract class ByteCodec<T extends ArrayBuffer | Uint8Array> extends BlockCodec<T> {
  override write(thread: Thread, value: ArrayBuffer | Uint8Array, at: number): void {
    if (!(value instanceof ArrayBuffer || value instanceof Uint8Array)) {
      throw wrongType("send", "message", "an ArrayBuffer or a Uint8Array", value);
    }
    const bytes = value instanceof Uint8Array ? value : new Uint8Array(value);
    const block = this.allocate(thread, bytes.byteLength);
    thread.bytes.set(bytes, block + LENGTH_BYTES);
    writeNumber(thread, at, block);
  }
}

class BufferCodec extends ByteCodec<ArrayBuffer> {
  protected override readBytes(thread: Thread, at: number, size: number): ArrayBuffer {
    return copyOut(thread, at, size).buffer;
  }
}

class BytesCodec extends ByteCodec<Uint8Array> {
  protected override readBytes(thread: Thread, at: number, size: number): Uint8Array {
    const bytes = cutBytes(size);
    bytes.set(thread.bytes.subarray(at, at + size));
    return bytes;
  }
}

/** Objects whose fields are numbers, as AssemblyScript lays them out. */
class StructCodec<T extends object> extends BlockCodec<T> {
  readonly #fields: readonly Field[];
  readonly #size: number;

  constructor(name: string, fields: readonly Field[]) {
    const size = fields.reduce((end, { type, offset }) => Math.max(end, offset + type.size), 0);
    super(name, new StructPlace(fields, size));
    this.#fields = fields;
    this.#size = size;
  }

  override write(thread: Thread, value: T, at: number): void {
    const numbers = fieldsOf("send", "message", this.#fields, value);
    const block = this.allocate(thread, this.#size);
    writeFields(thread.view, block + LENGTH_BYTES, this.#fields, numbers);
    writeNumber(thread, at, block);
  }

  protected override readBytes(thread: Thread, at: number): T {
    const { view } = thread;
    const entries = this.#fields.map(({ key, type, offset }) => [
      key,
      type.read(view, at + offset),
    ]);
    return Object.fromEntries(entries) as T;
  }
}

/** Where numbers stand in an object, one behind the other. */
function placesOf(types: Readonly<Record<string, NumberType<unknown>>>): Field[] {
  let end = 0;
  return Object.entries(types).map(([key, type]) => {
    const offset = Math.ceil(end / type.size) * type.size;
    end = offset + type.size;
    return { key, type, offset };
  });
}

/** So many numbers, as a typed array. */
class ArrayCodec<A extends NumberArray> extends BlockCodec<A> {
  readonly #type: ArrayClass<A>;
  readonly #length: number;

  constructor(name: string, type: ArrayClass<A>, length: number) {
    super(name, new ArrayPlace(type, length));
    this.#type = type;
    this.#length = length;
  }

  override write(thread: Thread, value: A, at: number): void {
    checkArray("send", "message", this.#type, this.#length, value);
    const block = this.allocate(thread, value.byteLength);
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    thread.bytes.set(bytes, block + LENGTH_BYTES);
    writeNumber(thread, at, block);
  }

  protected override readBytes(thread: Thread, at: number, size: number): A {
    return new this.#type(copyOut(thread, at, size).buffer, 0, this.#length);
  }
}

/** What stands before the bytes of the serialiser: their number, their kind, and a number. */
const KIND = 4;
const NUMBER = 8;
const ENCODED_BYTES = 16;

/** Any value that is Send, but for handles: a channel that is dropped could not give them up. */
class StructuredCodec extends SharedCodec<unknown> {
  constructor() {
    super("structured", true);
  }

  override write(thread: Thread, value: unknown, at: number): void {
    if (typeof value === "object" && !isPlainSend(value)) refuseHandles(value, thread);
    const { kind, block: content, size, number } = encode(value, thread, "message");
    const block = thread.core.allocate(ENCODED_BYTES + size);
    if (block !== 0) {
      thread.u32[block >> 2] = size;
      thread.u32[(block + KIND) >> 2] = kind;
      thread.f64[(block + NUMBER) >> 3] = number;
      thread.bytes.copyWithin(block + ENCODED_BYTES, content, content + size);
    }
    if (content !== 0) thread.core.release(content);
    if (block === 0) throw new OutOfMemoryError("send");
    writeNumber(thread, at, block);
  }

  override peek(thread: Thread, at: number): unknown {
    const block = thread.u32[at >> 2] as number;
    const size = thread.u32[block >> 2] as number;
    const kind = thread.u32[(block + KIND) >> 2] as number;
    const number = thread.f64[(block + NUMBER) >> 3] as number;
    return decode(thread, kind, block + ENCODED_BYTES, size, number);
  }
}

/** Finds out why a value is not plain. */
function refuseHandles(value: unknown, thread: Thread): never {
  checkSend(value, "message", thread);
  throw new NotSendError("message", "something with a handle in it; give handles to `spawn`");
}

export const NUMBER_CODECS = Object.fromEntries(
  Object.entries(NUMBERS).map(([name, type]) => [
    name,
    new NumberCodec(name, type as NumberType<unknown>),
  ]),
) as unknown as NumberCodecs;

/** The typed arrays, by what their numbers are called. */
export const ARRAY_CLASSES = {
  i8: Int8Array,
  u8: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  i64: BigInt64Array,
  u64: BigUint64Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;

export type ArrayName = keyof typeof ARRAY_CLASSES;

function arrayCodec(name: string, type: string, length: number): Codec<unknown> {
  if (!Object.hasOwn(ARRAY_CLASSES, type)) {
    throw new TypeError(`Cannot make codec: arrays must be of numbers, got ${name}`);
  }
  const array = ARRAY_CLASSES[type as ArrayName] as ArrayClass<Float64Array>;
  return new ArrayCodec(name, array, length);
}

type NumberCodecs = {
  readonly [Name in NumberName]: Codec<
    (typeof NUMBERS)[Name] extends NumberType<infer T> ? T : never
  >;
};

/** Text. */
export const string: Codec<string> = new TextCodec("string");
/** Bytes, in a buffer of their own. */
export const buffer: Codec<ArrayBuffer> = new BufferCodec("buffer");
/** Bytes, as an array. */
export const bytes: Codec<Uint8Array> = new BytesCodec("bytes");
/** Whatever may be an argument of a portable task. */
export const structured = new StructuredCodec();

/**
 * The codec of that name.
 *
 * @throws {TypeError} If there is none.
 */
export function codecNamed(name: string): Codec<unknown> {
  if (name in NUMBERS) return NUMBER_CODECS[name as NumberName] as Codec<unknown>;
  if (name === "string") return string as Codec<unknown>;
  if (name === "buffer") return buffer as Codec<unknown>;
  if (name === "bytes") return bytes as Codec<unknown>;
  if (name === "structured") return structured;
  const array = /^(?<type>\w+)\[(?<length>\d+)\]$/.exec(name)?.groups;
  if (array !== undefined) return arrayCodec(name, array.type as string, Number(array.length));
  const fields = /^\{ (?<list>.+) \}$/.exec(name)?.groups?.list?.split(", ") ?? [""];
  const types = fields.map((field) => {
    const { key = "", type = "" } = /^(?<key>[\w$]+): (?<type>\w+)$/.exec(field)?.groups ?? {};
    if (type in NUMBERS) return [key, NUMBERS[type as NumberName]];
    throw new TypeError(`Cannot make codec: fields must be names of numbers, got ${name}`);
  });
  return new StructCodec(name, placesOf(Object.fromEntries(types)));
}
