/** What Deno has, as far as `src/platform/deno` uses it. */
declare namespace Deno {
  interface Symbol {
    readonly name: string;
    readonly parameters: string[];
    readonly result: string;
  }
  /** An address. */
  interface Pointer {
    readonly pointer: unique symbol;
  }

  function dlopen<T>(
    library: string,
    symbols: { readonly found: Symbol },
  ): { readonly symbols: { found(...values: never[]): T } };

  const UnsafePointer: {
    of(view: ArrayBufferView): Pointer;
    value(pointer: Pointer): bigint;
  };

  class UnsafePointerView {
    constructor(pointer: Pointer);
    getInt32(): number;
  }
}
