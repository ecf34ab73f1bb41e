/**
 * Numbers for portable functions, so that a task's header can name one.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";
import type { PortableName } from "./defined-tasks.ts";
import { readPair, writePair } from "./name-pair.ts";

/** The numbers of one function: each thread gives its own, which is harmless. */
export class FunctionNumbers {
  readonly #known = new WeakMap<Thread, number>();
  /** The last thread that asked: mostly the only one. */
  #thread: Thread | undefined;
  #number = 0;

  /** The number of the function on `thread`, made on first use. */
  on(thread: Thread, { url, name }: PortableName): number {
    if (this.#thread === thread) return this.#number;
    const number = this.#known.get(thread) ?? writePair(thread, url, name);
    if (number === 0) throw new OutOfMemoryError("spawn task");
    this.#known.set(thread, number);
    this.#thread = thread;
    this.#number = number;
    return number;
  }
}

/** The function that has a number. */
export function functionNamed(thread: Thread, id: number): PortableName {
  const [url, name] = readPair(thread, id);
  return { url, name };
}
