/** What Bun has, as far as `src/platform/bun` uses it. */
declare module "bun:jsc" {
  /** Runs the queue of `process.nextTick` and all microtasks. */
  export function drainMicrotasks(): void;
}

declare module "bun:ffi" {
  interface Signature {
    readonly args: string[];
    readonly returns: string;
  }
  type Called = (...values: never[]) => number;
  export function dlopen(
    library: string,
    symbols: Record<string, Signature>,
  ): { readonly symbols: Record<string, Called> };
  /** Where the bytes of a view are. */
  export function ptr(view: ArrayBufferView): number;
  export const read: { i32(address: number, offset: number): number };
}
