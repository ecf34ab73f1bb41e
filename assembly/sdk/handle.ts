/** What all handles of coordination have in common, and what can go wrong with one. */
import { SYNC_NO_MEMORY } from "../shared/verdicts";
import * as core from "./tokiwa";

/**
 * A task's share in something that tasks have in common: a lock, a permit.
 *
 * It belongs to one task. Given to `spawn` as an argument it moves to the new task, and is of no
 * use to this one any more; for both to have one, give `clone()`. Returned by a task it moves to
 * the one that joins it. What else a task still has as it ends, in whatever way, is given up as if
 * by `drop`.
 */
@unmanaged
export class Handle {
  /** Gives it up. Used again it traps, unless 128 others, or a multiple, had its place. */
  drop(): void {
    core.guestDrop(changetype<usize>(this));
  }
}

/** What is to go with a spawned task: others, and before them the argument if it is a handle. */
export function luggage<A>(argument: A, others: usize): usize {
  if (!isReference<A>() || isManaged<A>()) return others;
  return core.guestTie(changetype<usize>(argument), others);
}

/** A handle as the core returns it. Throws if it is none. */
export function made(handle: usize): usize {
  if (handle == SYNC_NO_MEMORY) throw new Error("Cannot make handle: the memory is full");
  return handle;
}
