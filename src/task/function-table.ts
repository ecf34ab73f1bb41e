/**
 * Numbers for portable functions, so that a task's header can name one.
 *
 * A number is the address of a block in the shared memory that holds the module's URL and the
 * name. It is written once and never freed, so any worker may read it at any time.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";
import type { PortableName } from "./portable.ts";

/** The numbers of one function: each thread gives its own, which is harmless. */
export class FunctionNumbers {
  readonly #known = new WeakMap<Thread, number>();
  /** The last thread that asked: mostly the only one. */
  #thread: Thread | undefined;
  #number = 0;

  /** The number of the function on `thread`, made on first use. */
  on(thread: Thread, { url, name }: PortableName): number {
    if (this.#thread === thread) return this.#number;
    const number = this.#known.get(thread) ?? write(thread, url, name);
    this.#known.set(thread, number);
    this.#thread = thread;
    this.#number = number;
    return number;
  }
}

/** The block: two lengths, then both texts. */
const HEADER_BYTES = 8;

/** The function that has a number. */
export function functionNamed(thread: Thread, id: number): PortableName {
  const urlBytes = thread.u32[id >> 2] as number;
  const nameBytes = thread.u32[(id >> 2) + 1] as number;
  const text = (from: number, bytes: number) =>
    // A copy: a decoder may refuse shared memory.
    new TextDecoder().decode(new Uint8Array(thread.bytes.subarray(from, from + bytes)));
  const urlAt = id + HEADER_BYTES;
  return { url: text(urlAt, urlBytes), name: text(urlAt + urlBytes, nameBytes) };
}

function write(thread: Thread, url: string, name: string): number {
  const encoder = new TextEncoder();
  const urlBytes = encoder.encode(url);
  const nameBytes = encoder.encode(name);
  const block = thread.core.allocate(HEADER_BYTES + urlBytes.length + nameBytes.length);
  if (block === 0) throw new OutOfMemoryError("spawn task");
  thread.u32[block >> 2] = urlBytes.length;
  thread.u32[(block >> 2) + 1] = nameBytes.length;
  thread.bytes.set(urlBytes, block + HEADER_BYTES);
  thread.bytes.set(nameBytes, block + HEADER_BYTES + urlBytes.length);
  return block;
}
