/**
 * A thread with a heap and nothing else: what the codec needs to be tested without a core.
 *
 * @module
 */
import type { Thread } from "../../src/core/thread.ts";

export interface Heap {
  readonly thread: Thread;
  /** Blocks that were allocated and not released. */
  readonly live: Set<number>;
  /** From here on every allocation fails. */
  fill(): void;
}

/** Hands out memory that is shared, as a runtime's is, and never used twice. */
export function heap(bytes = 1 << 22): Heap {
  const buffer = new SharedArrayBuffer(bytes);
  const live = new Set<number>();
  let next = 16;
  let full = false;
  const allocate = (size: number) => {
    if (full || next + size > bytes) return 0;
    const block = next;
    next += (size + 15) & ~15;
    live.add(block);
    return block;
  };
  const core = { allocate, release: (block: number) => live.delete(block) };
  const fill = () => {
    full = true;
  };
  const views = {
    bytes: new Uint8Array(buffer),
    u32: new Uint32Array(buffer),
    f64: new Float64Array(buffer),
  };
  return { thread: { core, ...views } as unknown as Thread, live, fill };
}
