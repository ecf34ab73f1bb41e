/**
 * A value that is set once: a semaphore of one permit, which whoever makes the value takes. It is
 * closed as the value comes into its block, for good: so all who wait, for the permit or for the
 * close, find it there.
 */
import * as heap from "../memory/heap";
import { SYNC_BLOCKED } from "../shared/verdicts";
import * as news from "./news";
import * as primitives from "./primitive";
import { Primitive } from "./primitive";
import { settle } from "./settle";
import { Stake } from "./stake";

/** Makes a block the value, by whoever has the permit. It is read only from then on. */
export function set(permit: usize, block: usize): void {
  const address = changetype<Stake>(permit).primitive;
  const once = changetype<Primitive>(address);
  assert(changetype<Stake>(permit).permits == 1 && !once.closed);
  primitives.enter(address);
  once.block = block;
  once.closed = 1;
  settle(address);
}

/** Brings the block with the value, and a share in it: DONE. BLOCKED if it was not set. */
export function lend(address: usize): u32 {
  const block = get(address);
  if (block == 0) return SYNC_BLOCKED;
  heap.share(block); // It stays: the caller has a handle.
  return news.bring(block);
}

/** The block with the value, or 0. */
export function get(address: usize): usize {
  primitives.enter(address);
  const block = changetype<Primitive>(address).block;
  primitives.leave(address);
  return block;
}
