/**
 * Calls into the C library from Node: by koffi, a package that may be left out.
 *
 * *Why errno is read by a second call*: koffi has no way to return it with the result. Nothing runs
 * in between that sets it: the engine's own system calls report errors without it, or do not fail.
 *
 * @module
 */

import { createRequire } from "node:module";
import type { Bytes, Ffi, Library } from "../linux/ffi.ts";

/** The little of koffi that is used here. */
interface Koffi {
  load(path: string | null): { func(declaration: string): (...values: unknown[]) => number };
  errno(): number;
  address(view: Bytes): bigint;
}

const TYPES = {
  int: "int",
  unsigned: "unsigned int",
  size: "size_t",
  address: "uintptr_t",
  bytes: "void *",
};

export const ffi: Ffi = {
  needs: "koffi",

  open(): Library {
    const koffi = createRequire(import.meta.url)("koffi") as Koffi;
    // The process itself: it has the C library in it, whichever that is and whatever it is called.
    const library = koffi.load(null);
    return {
      bind: (name, ...parameters) =>
        library.func(`int ${name}(${parameters.map((kind) => TYPES[kind]).join(", ")})`),
      errno: koffi.errno,
      addressOf: (bytes) => Number(koffi.address(bytes)),
    };
  },
};
