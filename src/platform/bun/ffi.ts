/**
 * Calls into the C library from Bun, which compiles a piece of code for each function.
 *
 * @module
 */

import { dlopen, ptr, read } from "bun:ffi";
import type { Ffi, Library } from "../linux/ffi.ts";

const LIBRARY = "libc.so.6";
const TYPES = { int: "i32", unsigned: "u32", size: "usize", address: "usize", bytes: "ptr" };

type Called = ReturnType<Library["bind"]>;

export const ffi: Ffi = {
  needs: "bun:ffi",

  open(): Library {
    const symbol = (name: string, args: string[], returns: string) =>
      dlopen(LIBRARY, { [name]: { args, returns } }).symbols[name] as Called;
    // Each thread has its own, and it stays where it is.
    const errno = symbol("__errno_location", [], "ptr")();
    return {
      bind: (name, ...parameters) =>
        symbol(
          name,
          parameters.map((kind) => TYPES[kind]),
          "i32",
        ),
      errno: () => read.i32(errno, 0),
      addressOf: ptr,
    };
  },
};
