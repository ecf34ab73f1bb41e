/**
 * The runtime of guests: what the compiler calls to make objects. It takes the place of asc's own.
 *
 * An object lives in the arena of the task that made it, and at most as long as that task. So
 * making one takes no lock and shares nothing. The core knows the objects' headers, and frees what
 * a waiting task cannot reach; only the guest knows where its objects refer to others.
 */
import { __table_base } from "./env";
import { guestNew, guestNewElsewhere, guestResize, guestScratch, guestVisit } from "./tokiwa";

/** As in asc's own runtimes. */
const SIZE_MAX: usize = 1 << 30;

export function __new(size: usize, id: u32): usize {
  if (size > SIZE_MAX) refuseSize();
  let object = guestNew(<u32>size, id);
  if (object == 0) object = guestNewElsewhere(<u32>size, id, visitor());
  if (object == 0) refuse();
  return object;
}

export function __renew(object: usize, size: usize): usize {
  if (size > SIZE_MAX) refuseSize();
  const resized = guestResize(object, <u32>size, visitor());
  if (resized == 0) refuse();
  return resized;
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

/** Called with each object that the visited one refers to. */
export function __visit(object: usize, _cookie: u32): void {
  guestVisit(object);
}

function visitMembers(object: usize): void {
  __visit_members(object, 0);
}

/** Where the core finds it. */
function visitor(): u32 {
  return __table_base + visitMembers.index;
}

function refuse(): void {
  throw new Error("Cannot allocate: the memory has no block of that size");
}

function refuseSize(): void {
  throw new RangeError("Cannot allocate: more than 1 GiB was asked for");
}

// Nothing is kept or freed one by one, and no object is visited while its task runs.

export function __free(_block: usize): void {}

export function __link(_parent: usize, _child: usize, _expectMultiple: bool): void {}

export function __pin(object: usize): usize {
  return object;
}

export function __unpin(_object: usize): void {}

export function __collect(): void {}
