/**
 * Calls into the C library from Deno, which has its own way, and asks for a permission.
 *
 * @module
 */

import type { Ffi, Library } from "../linux/ffi.ts";

const LIBRARY = "libc.so.6";
const TYPES = { int: "i32", unsigned: "u32", size: "usize", address: "usize", bytes: "buffer" };

type Called = ReturnType<Library["bind"]>;

export const ffi: Ffi = {
  needs: "the permission --allow-ffi",

  open(): Library {
    const place = Deno.dlopen<Deno.Pointer>(LIBRARY, {
      found: { name: "__errno_location", parameters: [], result: "pointer" },
    }).symbols.found();
    // Each thread has its own, and it stays where it is.
    const errno = new Deno.UnsafePointerView(place);
    return {
      bind(name, ...parameters) {
        const types = parameters.map((kind) => TYPES[kind]);
        const symbol = { name, parameters: types, result: "i32" };
        return Deno.dlopen<number>(LIBRARY, { found: symbol }).symbols.found as Called;
      },
      errno: () => errno.getInt32(),
      addressOf: (bytes) => Number(Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes))),
    };
  },
};
