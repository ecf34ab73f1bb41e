/**
 * Arguments and values of a guest's tasks, on their way between TypeScript and AssemblyScript.
 *
 * One number travels in the task's header, where the core puts what stands at WORKER_MESSAGE. More
 * than one argument, and all text and bytes, travel in a block: numbers in eight bytes each; text
 * in UTF-16 and bytes as they are, behind their length, up to the next multiple of eight.
 *
 * @module
 */

import {
  TASK_NUMBER,
  TASK_PAYLOAD,
  TASK_PAYLOAD_SIZE,
  WORKER_MESSAGE,
} from "../../assembly/shared/layout.ts";
import { ARRAYS, type GuestArrayType, isArrayType } from "../core/arrays.ts";
import type { GuestType, GuestValueType } from "../core/manifest.ts";
import type { Thread } from "../core/thread.ts";
import { atCaller } from "../error/at-caller.ts";
import { wrongType } from "../error/check.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";
import { adoptHandle, checkHandle, isHandleType, LentHandles } from "./guest-handles.ts";

/** The arguments of a task that are not at WORKER_MESSAGE. */
export interface GuestArguments {
  /** A block of the runtime's heap, or 0; and how many of its bytes are used. */
  readonly block: number;
  readonly size: number;
  /** Handles among them, if there can be any. */
  readonly lent: LentHandles | undefined;
}

const NO_BLOCK: GuestArguments = { block: 0, size: 0, lent: undefined };
const LENGTH_BYTES = 8;
const decoder = new TextDecoder("utf-16le");

/**
 * Writes arguments down.
 *
 * @throws {TypeError} If one is not of its parameter's type, or there are too many or too few.
 * @throws {OutOfMemoryError} If the memory has no room for them.
 */
export function encodeArguments(
  thread: Thread,
  name: string,
  types: readonly GuestType[],
  args: readonly unknown[],
): GuestArguments {
  if (args.length !== types.length) {
    const wanted = types.length === 1 ? "1 argument" : `${types.length} arguments`;
    const found = `it takes ${wanted}, got ${args.length}`;
    throw atCaller(new TypeError(`Cannot spawn task "${name}": ${found}`));
  }
  for (let index = 0; index < types.length; index++) {
    const type = types[index] as GuestType;
    if (isNumber(type) && isOf(type, args[index])) continue; // Spares the texts of errors.
    if (isHandleType(type)) continue; // Checked as it is taken: one of two that are the same moves.
    checkValue(`spawn task "${name}"`, `argument ${index + 1}`, type, args[index]);
  }
  const first = types[0];
  if (first === undefined) return NO_BLOCK;
  if (types.length > 1 || !isNumber(first)) return encodeBlock(thread, name, types, args);
  writeNumber(thread, thread.worker + WORKER_MESSAGE, first, args[0]);
  return NO_BLOCK;
}

function encodeBlock(
  thread: Thread,
  name: string,
  types: readonly GuestType[],
  args: readonly unknown[],
): GuestArguments {
  const lent = new LentHandles();
  const size = types.reduce((sum, type, index) => sum + sizeOf(type, args[index]), 0);
  const block = thread.core.allocate(size);
  if (block === 0) throw new OutOfMemoryError(`spawn task "${name}"`);
  try {
    let at = block;
    for (const [index, type] of types.entries()) {
      if (isHandleType(type)) {
        checkHandle(thread, `spawn task "${name}"`, `argument ${index + 1}`, type, args[index]);
        at = writeHandle(thread, at, lent.take(args[index] as object));
      } else at = write(thread, at, type, args[index]);
    }
  } catch (reason) {
    lent.restore();
    thread.core.release(block);
    throw reason;
  }
  return { block, size, lent };
}

/** Reads what a task has returned. The block stays in the task's header. */
export function readResult(thread: Thread, address: number, type: GuestType): unknown {
  if (type === "void") return undefined;
  if (isNumber(type)) return numberAt(thread, address + TASK_NUMBER, type);
  if (isHandleType(type)) {
    return adoptHandle(thread, type, thread.u32[(address + TASK_NUMBER) >> 2] as number);
  }
  const block = thread.u32[(address + TASK_PAYLOAD) >> 2] as number;
  const size = thread.u32[(address + TASK_PAYLOAD_SIZE) >> 2] as number;
  return bytesAt(thread, block, size, type);
}

/** Reads arguments that stand one behind the other. */
export function readArguments(
  thread: Thread,
  first: number,
  types: readonly GuestValueType[],
): unknown[] {
  let at = first;
  return types.map((type) => {
    const from = at;
    at += LENGTH_BYTES;
    if (isNumber(type)) return numberAt(thread, from, type);
    const size = thread.u32[from >> 2] as number;
    at += roundUp(size);
    return bytesAt(thread, from + LENGTH_BYTES, size, type);
  });
}

function bytesAt(thread: Thread, from: number, size: number, type: GuestType): unknown {
  const bytes = new Uint8Array(size);
  bytes.set(thread.bytes.subarray(from, from + size));
  if (type === "string") return decoder.decode(bytes);
  return isArrayType(type) ? new ARRAYS[type](bytes.buffer) : bytes.buffer;
}

type NumberType = Exclude<GuestValueType, "string" | "buffer" | GuestArrayType>;

function isNumber(type: GuestType): type is NumberType {
  switch (type) {
    case "void":
    case "bool":
    case "i32":
    case "u32":
    case "i64":
    case "u64":
    case "f64":
      return true;
    default:
      return false;
  }
}

/** @throws {TypeError} If `value`, which `action` calls `name`, is not of the type. */
export function checkValue(
  action: string,
  name: string,
  type: GuestValueType,
  value: unknown,
): void {
  if (isOf(type, value)) return;
  throw wrongType(action, name, isArrayType(type) ? `a ${type}` : WANTED[type], value);
}

const WANTED: Record<Exclude<GuestValueType, GuestArrayType>, string> = {
  void: "nothing",
  bool: "a boolean",
  i32: "a whole number of 32 bits",
  u32: "a whole number of 32 bits, not negative",
  i64: "a bigint",
  u64: "a bigint, not negative",
  f64: "a number",
  string: "a string",
  buffer: "an ArrayBuffer or a Uint8Array",
};

function isOf(type: GuestValueType, value: unknown): boolean {
  switch (type) {
    case "bool":
      return typeof value === "boolean";
    case "i32":
      return typeof value === "number" && value === (value | 0);
    case "u32":
      return typeof value === "number" && value === value >>> 0;
    case "i64":
      return typeof value === "bigint" && value === BigInt.asIntN(64, value);
    case "u64":
      return typeof value === "bigint" && value === BigInt.asUintN(64, value);
    case "f64":
      return typeof value === "number";
    case "string":
      return typeof value === "string";
    case "buffer":
      return value instanceof ArrayBuffer || value instanceof Uint8Array;
    case "void":
      return value === undefined;
    default:
      return value instanceof ARRAYS[type];
  }
}

/** How many bytes an argument takes in a block. */
export function sizeOf(type: GuestType, value: unknown): number {
  if (isNumber(type) || isHandleType(type)) return 8;
  const bytes = type === "string" ? (value as string).length * 2 : bytesOf(value).byteLength;
  return LENGTH_BYTES + roundUp(bytes);
}

/** What follows bytes begins at a multiple of eight. */
function roundUp(bytes: number): number {
  return (bytes + 7) & ~7;
}

/** Writes one argument; returns where the next one goes. */
export function write(thread: Thread, at: number, type: GuestValueType, value: unknown): number {
  const end = at + sizeOf(type, value);
  if (isNumber(type)) {
    writeNumber(thread, at, type, value);
  } else if (type === "string") {
    const text = value as string;
    thread.u32[at >> 2] = text.length * 2;
    const units = new Uint16Array(thread.bytes.buffer, at + LENGTH_BYTES, text.length);
    for (let index = 0; index < text.length; index++) units[index] = text.charCodeAt(index);
  } else {
    const bytes = bytesOf(value);
    thread.u32[at >> 2] = bytes.byteLength;
    thread.bytes.set(bytes, at + LENGTH_BYTES);
  }
  return end;
}

/** In eight bytes. Only what takes 64 bits is made a bigint, which costs more than all the rest. */
function writeNumber(thread: Thread, at: number, type: NumberType, value: unknown): void {
  const { u32 } = thread;
  const word = at >> 2;
  if (type === "f64") thread.f64[at >> 3] = value as number;
  else if (type === "i64" || type === "u64") {
    u32[word] = Number(BigInt.asUintN(32, value as bigint));
    u32[word + 1] = Number(BigInt.asUintN(32, (value as bigint) >> 32n));
  } else {
    u32[word] = Number(value);
    u32[word + 1] = (value as number) < 0 ? 0xffff_ffff : 0;
  }
}

/** Writes what a guest calls a stake by. */
function writeHandle(thread: Thread, at: number, stake: number): number {
  thread.u32[at >> 2] = thread.core.handleForGuest(stake);
  thread.u32[(at >> 2) + 1] = 0;
  return at + 8;
}

function bytesOf(value: unknown): Uint8Array {
  if (!ArrayBuffer.isView(value)) return new Uint8Array(value as ArrayBuffer);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function numberAt(thread: Thread, address: number, type: GuestType): unknown {
  const low = thread.u32[address >> 2] as number;
  switch (type) {
    case "bool":
      return low !== 0;
    case "i32":
      return low | 0;
    case "u32":
      return low;
    case "f64":
      return thread.f64[address >> 3];
  }
  const bits = (BigInt(thread.u32[(address >> 2) + 1] as number) << 32n) | BigInt(low);
  return type === "i64" ? BigInt.asIntN(64, bits) : bits;
}
