/** Values that are set once, as Wasm tasks use them: see `sync/once`. */
import * as once from "../sync/once";
import { Primitive } from "../sync/primitive";
import { Stake } from "../sync/stake";
import { find, HANDLE, PERMITS, primitiveOf, SEMAPHORE } from "./guest-handle";

/** Makes a block the value. False if the handle has not the permit to: it is the caller's. */
export function set(permit: usize, block: usize): bool {
  const stake = find(permit, SEMAPHORE, PERMITS);
  if (stake == 0 || changetype<Stake>(stake).permits != 1) return false;
  const primitive = changetype<Primitive>(changetype<Stake>(stake).primitive);
  if (primitive.closed || primitive.block != 0) return false; // A lock has a block.
  once.set(stake, block);
  return true;
}

/** The block with the value, or 0. It stays as long as the handle. */
export function get(handle: usize): usize {
  return once.get(primitiveOf(handle, SEMAPHORE, HANDLE));
}
