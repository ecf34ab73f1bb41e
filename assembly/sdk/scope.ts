/**
 * The running task's memory. All that it makes lives there until it ends, unless it goes back:
 *
 *     while (true) {
 *       const mark = arena.mark();
 *       total += answer(connection); // Makes objects, and returns a number.
 *       arena.reset(mark);
 *     }
 *
 * **Danger.** Objects that were made since the mark must not be used after the reset: others will
 * stand in their place, and nothing warns of it. Mind those that an older object came to hold: an
 * array, map or set that was filled since the mark may have got a new buffer.
 */
import * as core from "./tokiwa";

/** A state of a task's memory, to go back to. Only a number: there is nothing to free. */
export type Mark = u64;

/** Marks the present state. Marks may be nested. Traps if memory is full. */
export function mark(): Mark {
  const made = core.guestMark();
  if (made == 0) throw new Error("Cannot mark: the memory is full");
  return made;
}

/**
 * Frees all that was made since a mark, and ends that mark and all later ones. Traps if the mark
 * has ended, or is another task's.
 */
export function reset(mark: Mark): void {
  if (!core.guestReset(mark)) {
    throw new Error("Cannot reset: the mark has ended, or is another task's");
  }
}

/** How many bytes the task's objects take, with those that nobody can reach any more. */
export function used(): u32 {
  return core.guestArenaUsed();
}
