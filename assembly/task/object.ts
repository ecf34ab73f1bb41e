/**
 * What stands before every object of a guest, and before free memory among objects.
 *
 *   -16         -12       -8          -4        0
 *   +-----------+---------+-----------+---------+------------------+
 *   | capacity  | link    | class id  |  size   | the object ...   |
 *   +-----------+---------+-----------+---------+------------------+
 *
 * Invariants
 *   O1  Objects and free blocks stand side by side from the first to the last byte of a chunk, but
 *       for the part that the arena allocates from: so a chunk can be walked.
 *   O2  An object has 16 bytes at least, so that its address is not that of the next header.
 *   O3  The link is 0, but for objects that the running collection has reached, and holes.
 */

/** The header, at the address of the block. */
@unmanaged
export class Block {
  /** How large the object may become: a multiple of 16. The compiler's own objects have 0 here. */
  capacity: u32;
  /** The collector's and, of a hole, the next one. */
  link: usize;
  /** The class that the compiler gave the object, or FREE. */
  classId: u32;
  /** How large it is. */
  size: u32;
}

/** The class of memory without an object. */
export const FREE: u32 = u32.MAX_VALUE;
/** The highest class that the compiler gives to what holds no references: that of strings. */
export const STRING: u32 = 2;
export const HEADER: usize = offsetof<Block>();
/** Blocks begin and end at multiples of it. */
export const ALIGNMENT: usize = 16;

/** Makes a free block of `bytes`, a multiple of 16 and not 0. */
export function setFree(address: usize, bytes: usize): void {
  const block = changetype<Block>(address);
  block.capacity = <u32>(bytes - HEADER);
  block.link = 0;
  block.classId = FREE;
}

/** Where the block ends, and the next one begins. */
export function endOf(block: Block): usize {
  return changetype<usize>(block) + HEADER + block.capacity;
}
