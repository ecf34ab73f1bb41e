/**
 * What a guest's standard library asks of the host: the console, clocks, randomness, the process.
 *
 * Guests that would rather have WASI find it in `wasi.ts`.
 *
 * @module
 */

import { textAt } from "../core/load.ts";
import type { GuestLibrary } from "../core/manifest.ts";
import { programEnvironment } from "../core/program.ts";
import type { Thread } from "../core/thread.ts";
import { sizeOf, write } from "../task/guest-values.ts";

/** The functions for the guests of a thread. Text comes as the address of a string. */
export function libraryOf(thread: Thread): GuestLibrary {
  const text = (address: number) => textAt(thread.memory, address);
  // One call makes one line, and lines of several workers go out one after the other.
  return {
    "console.log": (message: number) => console.log(text(message)),
    "console.debug": (message: number) => console.debug(text(message)),
    "console.info": (message: number) => console.info(text(message)),
    "console.warn": (message: number) => console.warn(text(message)),
    "console.error": (message: number) => console.error(text(message)),
    "console.assert": (isTrue: number, message: number) => {
      console.assert(isTrue !== 0, text(message));
    },
    trace: (message: number, count: number, ...numbers: number[]) => {
      console.log("trace:", [text(message), ...numbers.slice(0, count)].join(" "));
    },
    "Date.now": () => Date.now(),
    // The same on all workers, unlike their own.
    "performance.now": () => thread.now(),
    seed: () => Math.random() * Number.MAX_SAFE_INTEGER,
    randomize: (address: number, bytes: number) => randomize(thread, address, bytes),
    argument: (index: number) => blockOf(thread, thread.identity.argv[index]),
    variable: (index: number) => blockOf(thread, variables()[index]),
    exit,
  };
}

/** The most that can be asked for at once. */
const RANDOM_BYTES_MAX = 65536;

/** Fills a part of the memory with randomness that nobody can foresee. */
export function randomize({ bytes }: Thread, address: number, size: number): void {
  for (let from = 0; from < size; from += RANDOM_BYTES_MAX) {
    // What fills an array refuses shared memory.
    const random = new Uint8Array(Math.min(size - from, RANDOM_BYTES_MAX));
    bytes.set(crypto.getRandomValues(random), address + from);
  }
}

/** Ends the running task. */
export function exit(code: number): never {
  throw Object.assign(new Error(`The guest called process.exit(${code})`), { code });
}

/** The variables of the environment, as `NAME=value`. */
export function variables(): string[] {
  return Object.entries(programEnvironment()).map(([name, value]) => `${name}=${value}`);
}

/** A block with a text as an argument would stand in it; 0 if there is none, or no memory. */
function blockOf(thread: Thread, text: string | undefined): number {
  if (text === undefined) return 0;
  const block = thread.core.allocate(sizeOf("string", text));
  if (block !== 0) write(thread, block, "string", text);
  return block;
}
