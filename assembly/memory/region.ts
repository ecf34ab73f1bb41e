/**
 * Divides the memory: a header for the runtime, the worker structs, and chunks for everything
 * else, handed out from the bottom up and never taken back.
 *
 * The memory has its full size from the start: untouched pages cost nothing, and no thread ever
 * holds a view that another thread's growth made too short.
 */
import { RUNTIME_BREAK } from "../shared/layout";
import * as word from "../sys/atomic";

/** Chunks begin on their own cache line. */
const ALIGNMENT: usize = 64;

/** The address of the runtime's header: the first byte that the compiler left free. */
export function runtimeAddress(): usize {
  return (__heap_base + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

/** Sets the first free byte. Runs once, before other threads. */
export function boot(firstFree: usize): void {
  word.store(runtimeAddress() + RUNTIME_BREAK, (<u32>firstFree + 63) & ~63);
}

/** `bytes` of zeroed memory, or 0 when there is no more. */
export function carve(bytes: usize): usize {
  const limit = (<u64>memory.size()) << 16;
  const address = runtimeAddress() + RUNTIME_BREAK;
  const size = (<u64>bytes + ALIGNMENT - 1) & ~(<u64>ALIGNMENT - 1);
  let seen = word.load(address);
  while (true) {
    const next = <u64>seen + size;
    if (next > limit) return 0;
    const found = word.compareExchange(address, seen, <u32>next);
    if (found == seen) return seen;
    seen = found; // Another thread carved first: try behind its chunk.
  }
}
