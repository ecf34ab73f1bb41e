/**
 * Slots of one type, told apart by generation.
 *
 * A slot's address never changes type, so an id (address and generation) may be checked at any
 * time, also long after the slot was freed and used again.
 *
 * Invariants
 *   G1  The generation grows when a slot is freed, so an old id can never match a new user.
 *   G2  A slot whose generation would wrap is retired: it is never handed out again.
 */
import { FREE_BATCH } from "../shared/limits";
import { give, take } from "./free-list";

/**
 * A slot, or 0 if memory is full: zeroed but for its generation and its first word, which is the
 * user's to set. `size` is a multiple of 8.
 */
export function allocate(own: usize, shared: usize, size: usize, generationOffset: usize): usize {
  const slot = take(own, shared, size, FREE_BATCH);
  if (slot != 0) clear(slot, size, generationOffset);
  return slot;
}

/** Zeroes a slot, or a part of one that is a struct of its own, as `allocate` does. */
export function clear(slot: usize, size: usize, generationOffset: usize): void {
  const generation = load<u32>(slot + generationOffset);
  // *Why not `memory.fill`*: V8 calls out of Wasm for it, which costs more than a dozen stores.
  store<u32>(slot, 0, 4);
  for (let offset: usize = 8; offset < size; offset += 8) store<u64>(slot + offset, 0);
  store<u32>(slot + generationOffset, generation);
}

export function free(own: usize, shared: usize, slot: usize, generationOffset: usize): void {
  const generation = load<u32>(slot + generationOffset);
  if (generation == u32.MAX_VALUE) return; // G2
  store<u32>(slot + generationOffset, generation + 1); // G1
  give(own, shared, slot, FREE_BATCH);
}
