/** Values that are set once, as Wasm tasks use them: see `sync/once`. */
import * as once from "../sync/once";
import { Primitive } from "../sync/primitive";
import { Stake } from "../sync/stake";
import { owns, primitiveOf } from "./guest-sync";

/** Makes a block the value. False if the handle has not the permit to: it is the caller's. */
export function set(permit: usize, block: usize): bool {
  const address = primitiveOf(permit);
  if (address == 0 || changetype<Primitive>(address).closed) return false;
  if (changetype<Stake>(permit).permits != 1) return false;
  once.set(permit, block);
  return true;
}

/** The block with the value, or 0. It stays as long as the handle. */
export function get(handle: usize): usize {
  return owns(handle) ? once.get(primitiveOf(handle)) : 0;
}
