/**
 * The runtime of guests: what the compiler calls to make objects. It takes the place of asc's own.
 *
 * An object lives in the arena of the task that made it, and as long as that task. So making one
 * takes no lock and shares nothing, and nothing is ever traced or counted.
 *
 *   -16         -12       -8          -4        0
 *   +-----------+---------+-----------+---------+------------------+
 *   | capacity  | free    | class id  |  size   | the object ...   |
 *   +-----------+---------+-----------+---------+------------------+
 *
 * What stands in the guest's static data has the compiler's own header, and a capacity of 0 there.
 */
import { guestAllocate, guestScratch } from "./tokiwa";

const HEADER: usize = 16;
const CAPACITY: usize = 0;
const CLASS_ID: usize = 8;
const SIZE: usize = 12;
/** As in asc's own runtimes. */
const SIZE_MAX: usize = 1 << 30;

export function __new(size: usize, id: u32): usize {
  if (size > SIZE_MAX) throw new RangeError("Cannot allocate: more than 1 GiB was asked for");
  const header = guestAllocate(HEADER + size);
  if (header == 0) throw new Error("Cannot allocate: the memory has no block of that size");
  store<u32>(header, <u32>size, CAPACITY);
  store<u32>(header, id, CLASS_ID);
  store<u32>(header, <u32>size, SIZE);
  return header + HEADER;
}

export function __renew(object: usize, size: usize): usize {
  const header = object - HEADER;
  if (size <= <usize>load<u32>(header, CAPACITY)) {
    store<u32>(header, <u32>size, SIZE);
    return object;
  }
  const before = <usize>load<u32>(header, SIZE);
  const larger = __new(size, load<u32>(header, CLASS_ID));
  memory.copy(larger, object, min(before, size));
  return larger;
}

export function __alloc(size: usize): usize {
  return __new(size, 0);
}

export function __realloc(block: usize, size: usize): usize {
  return __renew(block, size);
}

/** Where the library builds the text of a float: its own buffer would be shared by all threads. */
export function __scratch(): usize {
  return guestScratch();
}

// The arena is freed as a whole: there is nothing to trace, to keep or to free one by one.

export function __free(_block: usize): void {}

export function __link(_parent: usize, _child: usize, _expectMultiple: bool): void {}

export function __pin(object: usize): usize {
  return object;
}

export function __unpin(_object: usize): void {}

export function __visit(_object: usize, _cookie: u32): void {}

export function __collect(): void {}
