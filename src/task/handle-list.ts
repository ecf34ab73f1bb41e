/**
 * Lists of handles and numbers, which is what most portable tasks that get a handle are called
 * with: they take no serialiser, which would cost more than all the rest of the task.
 *
 * Each item takes sixteen bytes: a number that stands for the kind of handle, or 0; the stake; and
 * the number that it is, if it is none.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";
import type { HandleInTransit } from "./guest-handles.ts";
import { readPair, writePair } from "./name-pair.ts";
import { type Sendable, type SendableKind, sendable, sendableNamed } from "./send.ts";

const ITEM_BYTES = 16;
const STAKE = 4;
const NUMBER = 8;

/** So many kinds a thread gives numbers to: they are never freed. Others take the serialiser. */
const TYPES_MAX = 256;

type Kind = SendableKind<object, HandleInTransit>;

/** What a handle is, and of what. */
interface HandleType {
  readonly name: string;
  readonly of: string | undefined;
}

/** A handle that was taken out of use. */
type Taken = [kind: Kind, handle: object, plain: HandleInTransit];

/**
 * A block with the list, whose handles are taken out of use; 0 if it has something else in it, or
 * what cannot move.
 *
 * @throws {OutOfMemoryError} If there is no room for it. Then nothing has changed.
 */
export function writeHandles(list: readonly unknown[], thread: Thread): number {
  for (let index = 0; index < list.length; index++) {
    const item = list[index];
    // One that is there twice must be one on the other side, too.
    if (typeof item !== "number" && (!mayMove(item, thread) || list.indexOf(item) < index))
      return 0;
  }
  const size = sizeOf(list);
  const block = thread.core.allocate(size);
  if (block === 0) throw new OutOfMemoryError(`send ${size} bytes to another worker`);
  const taken: Taken[] = [];
  let isWritten = false;
  try {
    isWritten = list.every((item, index) => write(item, block + index * ITEM_BYTES, thread, taken));
  } finally {
    if (!isWritten) {
      for (const [kind, handle, plain] of taken) kind.restore(handle, plain);
      thread.core.release(block);
    }
  }
  return isWritten ? block : 0;
}

/** How many bytes such a list takes. */
export function sizeOf(list: readonly unknown[]): number {
  return list.length * ITEM_BYTES;
}

/** The list in a block. Once: the handles are made again by it. */
export function readHandles(thread: Thread, block: number, size: number): unknown[] {
  const list: unknown[] = [];
  for (let at = block; at < block + size; at += ITEM_BYTES) {
    const type = typeAt(thread, at);
    if (type === undefined) list.push(thread.f64[(at + NUMBER) >> 3]);
    else list.push(adopt(thread, at, type));
  }
  return list;
}

/** Gives up the handles in a block that nobody will read. */
export function discardHandles(thread: Thread, block: number, size: number): void {
  for (let at = block; at < block + size; at += ITEM_BYTES) {
    const type = typeAt(thread, at);
    // A worker that has never met the kind cannot; and must not fail for it.
    if (type !== undefined) kindNamed(type.name)?.discard(plainOf(thread, at, type), thread);
  }
}

function adopt(thread: Thread, at: number, type: HandleType): object {
  const kind = kindNamed(type.name);
  if (kind !== undefined) return kind.adopt(plainOf(thread, at, type), thread);
  const { name } = type;
  throw new TypeError(`Cannot receive ${name}: this worker has not registered it as sendable`);
}

function mayMove(item: unknown, thread: Thread): boolean {
  if (typeof item !== "object" || item === null) return false;
  const kind = kindOf(item);
  return kind?.isHandle === true && kind.refuse?.(item, thread) === undefined;
}

/** Not by asking every kind, as of other objects: handles tell. */
function kindOf(handle: Partial<Sendable>): Kind | undefined {
  const name = handle[sendable];
  return name === undefined ? undefined : kindNamed(name);
}

function kindNamed(name: string): Kind | undefined {
  return sendableNamed(name) as unknown as Kind | undefined;
}

/** Writes an item. False if there is no number for what it is. */
function write(item: unknown, at: number, thread: Thread, taken: Taken[]): boolean {
  if (typeof item === "number") {
    thread.u32[at >> 2] = 0;
    thread.f64[(at + NUMBER) >> 3] = item;
    return true;
  }
  const handle = item as Sendable;
  const kind = kindOf(handle) as Kind;
  const plain = kind.detach(handle);
  taken.push([kind, handle, plain]);
  const number = typesOf(thread).numberOf(handle[sendable], plain.of);
  thread.u32[at >> 2] = number;
  thread.u32[(at + STAKE) >> 2] = plain.stake;
  return number !== 0;
}

function typeAt(thread: Thread, at: number): HandleType | undefined {
  const number = thread.u32[at >> 2] as number;
  return number === 0 ? undefined : typesOf(thread).get(number);
}

function plainOf(thread: Thread, at: number, { of }: HandleType): HandleInTransit {
  const stake = thread.u32[(at + STAKE) >> 2] as number;
  return of === undefined ? { stake } : { stake, of };
}

/** The kinds of handles that a thread has sent or met, and their numbers. */
class HandleTypes {
  readonly #thread: Thread;
  /** By name, and by what they are of. */
  readonly #numbers = new Map<string, Map<string | undefined, number>>();
  readonly #types = new Map<number, HandleType>();
  #given = 0;

  constructor(thread: Thread) {
    this.#thread = thread;
  }

  /** 0 if there can be no more. */
  numberOf(name: string, of: string | undefined): number {
    return this.#numbers.get(name)?.get(of) ?? this.#give(name, of);
  }

  get(number: number): HandleType {
    return this.#types.get(number) ?? this.#meet(number);
  }

  #give(name: string, of: string | undefined): number {
    if (this.#given === TYPES_MAX) return 0;
    const number = writePair(this.#thread, name, of ?? "");
    if (number === 0) return 0;
    this.#given += 1;
    const numbers = this.#numbers.get(name) ?? new Map<string | undefined, number>();
    this.#numbers.set(name, numbers.set(of, number));
    return number;
  }

  #meet(number: number): HandleType {
    const [name, of] = readPair(this.#thread, number);
    const type = { name, of: of === "" ? undefined : of };
    this.#types.set(number, type);
    return type;
  }
}

const known = new WeakMap<Thread, HandleTypes>();
/** The last thread that asked: mostly the only one. */
let last: [thread: Thread, types: HandleTypes] | undefined;

function typesOf(thread: Thread): HandleTypes {
  if (last?.[0] === thread) return last[1];
  const types = known.get(thread) ?? new HandleTypes(thread);
  known.set(thread, types);
  last = [thread, types];
  return types;
}
