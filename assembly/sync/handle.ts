/**
 * Handles: stakes that keep a primitive there, and no more. Whoever uses one has a handle of it, or
 * an end; a task or a worker that hears of a primitive by its id opens it first.
 */
import { PRIMITIVE_FIRST } from "../shared/layout";
import { SYNC_NO_MEMORY, SYNC_REFUSED } from "../shared/verdicts";
import * as primitives from "./primitive";
import { Primitive } from "./primitive";
import * as stakes from "./stake";
import { Role } from "./stake";

/** The first stake in a primitive that was just made. */
export function first(address: usize, role: Role, owner: usize): usize {
  const stake = stakes.createIn(address, PRIMITIVE_FIRST, owner);
  stakes.joinLocked(stake, role); // Nobody else knows the primitive yet.
  return stake;
}

/** A handle of the primitive of this id. REFUSED if that is no more, or NO_MEMORY. */
export function open(address: usize, generation: u32, owner: usize): usize {
  const stake = stakes.create(address, owner, stakes.NOBODY);
  if (stake == 0) return SYNC_NO_MEMORY;
  const primitive = changetype<Primitive>(address);
  primitives.enter(address);
  // A slot that is being made anew has no references yet, whatever its generation.
  const isThere = primitive.references > 0 && primitive.generation == generation;
  if (isThere) stakes.joinLocked(stake, Role.Handle);
  primitives.leave(address);
  if (isThere) return stake;
  stakes.retire(stake);
  return SYNC_REFUSED;
}
