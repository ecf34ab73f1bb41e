/**
 * How values stand in the memory that a shared lock guards: guests find them there, too.
 *
 * @module
 */

import { shownBy } from "../core/inspect.ts";
import type { Thread } from "../core/thread.ts";
import { wrongType } from "../error/check.ts";
import type { NumberType } from "./numbers.ts";

/** The right to look at what stands in a block, as long as somebody has it. */
export interface Lease {
  readonly thread: Thread;
  readonly view: DataView;
  readonly mayWrite: boolean;
  /** Where the block is. Throws once the right was given up. */
  addressTo(action: string): number;
}

/** How values of type `T` stand in a block. */
export interface Place<T> {
  /** How many bytes they take. */
  readonly size: number;
  /** The value: a number, or a view of what stands there. */
  get(lease: Lease): T;
  /**
   * Writes a value down.
   *
   * @throws {TypeError} If it is of another type.
   */
  set(lease: Lease, value: T): void;
  /** A value of its own, as a view is not. */
  copy(value: T): T;
}

/** What stands before an object: the header that AssemblyScript's have. */
const HEADER_BYTES = 16;

/** Numbers stand at the beginning. */
export class NumberPlace<T> implements Place<T> {
  readonly size: number;
  readonly #type: NumberType<T>;

  constructor(type: NumberType<T>) {
    this.size = type.size;
    this.#type = type;
  }

  get(lease: Lease): T {
    return this.#type.read(lease.view, lease.addressTo("read value"));
  }

  set(lease: Lease, value: T): void {
    if (!this.#type.is(value)) throw wrongType("write value", "value", this.#type.wanted, value);
    this.#type.write(lease.view, lease.addressTo("write value"), value);
  }

  copy(value: T): T {
    return value;
  }
}

/** A number in an object, so many bytes behind its beginning. */
export interface Field {
  readonly key: string;
  readonly type: NumberType<unknown>;
  readonly offset: number;
}

/** Objects whose fields are numbers stand there as AssemblyScript lays them out. */
export class StructPlace<T extends object> implements Place<T> {
  readonly size: number;
  readonly #fields: readonly Field[];
  readonly #View: new (
    lease: Lease,
  ) => StructView;

  constructor(fields: readonly Field[], size: number) {
    this.size = HEADER_BYTES + size;
    this.#fields = fields;
    this.#View = viewOf(fields);
  }

  get(lease: Lease): T {
    return new this.#View(lease) as unknown as T;
  }

  set(lease: Lease, value: T): void {
    const numbers = fieldsOf("write value", "value", this.#fields, value);
    const at = lease.addressTo("write value") + HEADER_BYTES;
    writeFields(lease.view, at, this.#fields, numbers);
  }

  copy(value: T): T {
    return copyOf(value, this.#fields) as T;
  }
}

/**
 * What an object has in its fields: all of it before any is written, as getters may do anything.
 *
 * @throws {TypeError} If something is missing, or of another type.
 */
export function fieldsOf(
  action: string,
  name: string,
  fields: readonly Field[],
  value: unknown,
): unknown[] {
  if (typeof value !== "object" || value === null) {
    const list = fields.map(({ key }) => key).join(", ");
    throw wrongType(action, name, `an object with ${list}`, value);
  }
  return fields.map(({ key, type }) => {
    const found = (value as Record<string, unknown>)[key];
    if (type.is(found)) return found;
    throw wrongType(action, `${name}.${key}`, type.wanted, found);
  });
}

/** Writes what {@linkcode fieldsOf} has found. */
export function writeFields(
  view: DataView,
  at: number,
  fields: readonly Field[],
  numbers: readonly unknown[],
): void {
  fields.forEach(({ type, offset }, index) => {
    type.write(view, at + offset, numbers[index]);
  });
}

/** A plain object with the same in its fields. */
function copyOf(value: object, fields: readonly Field[]): object {
  const found = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(fields.map(({ key }) => [key, found[key]]));
}

/** An object in a block. Its fields are properties, which look through the lease each time. */
abstract class StructView {
  readonly #lease: Lease;

  constructor(lease: Lease) {
    this.#lease = lease;
  }

  /** The property for a field. */
  static property({ key, type, offset }: Field): PropertyDescriptor {
    const [read, write] = [`read ${key}`, `write ${key}`];
    return {
      enumerable: true,
      get(this: StructView) {
        const lease = this.#lease;
        return type.read(lease.view, lease.addressTo(read) + HEADER_BYTES + offset);
      },
      set(this: StructView, value: unknown) {
        const lease = this.#lease;
        if (!lease.mayWrite) throw new TypeError(`Cannot ${write}: the guard is a reader's`);
        if (!type.is(value)) throw wrongType("write value", key, type.wanted, value);
        type.write(lease.view, lease.addressTo(write) + HEADER_BYTES + offset, value);
      },
    };
  }
}

/** The class of the views of objects with these fields. */
function viewOf(fields: readonly Field[]): new (lease: Lease) => StructView {
  class View extends StructView {
    static {
      shownBy(View, (view) => copyOf(view, fields));
    }

    toJSON(): object {
      return copyOf(this, fields);
    }
  }
  for (const field of fields) {
    Object.defineProperty(View.prototype, field.key, StructView.property(field));
  }
  return View;
}

/** The views of arrays of numbers. */
export type NumberArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** The class of one of them. */
export interface ArrayClass<A extends NumberArray> {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): A;
  new (buffer: ArrayBufferLike, at: number, length: number): A;
}

/** So many numbers, one behind the other. */
export class ArrayPlace<A extends NumberArray> implements Place<A> {
  readonly size: number;
  readonly #type: ArrayClass<A>;
  readonly #length: number;

  constructor(type: ArrayClass<A>, length: number) {
    this.size = type.BYTES_PER_ELEMENT * length;
    this.#type = type;
    this.#length = length;
  }

  get(lease: Lease): A {
    const at = lease.addressTo("read value");
    return new this.#type(lease.view.buffer, at, this.#length);
  }

  set(lease: Lease, value: A): void {
    checkArray("write value", "value", this.#type, this.#length, value);
    const there = new this.#type(lease.view.buffer, lease.addressTo("write value"), this.#length);
    there.set(value as never);
  }

  copy(value: A): A {
    const copy = new this.#type(this.#length);
    copy.set(value as never);
    return copy;
  }
}

/** Makes sure that something is an array of that type and length. */
export function checkArray<A extends NumberArray>(
  action: string,
  name: string,
  type: ArrayClass<A> & { readonly name?: string },
  length: number,
  value: unknown,
): void {
  if (value instanceof type && value.length === length) return;
  throw wrongType(action, name, `a ${type.name} of length ${length}`, value);
}
