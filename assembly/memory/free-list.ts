/**
 * Free memory of one size: a list of each worker's own, and a shared one behind a lock.
 *
 * A slot freed by another worker than the one that took it lands in the freer's list. Batches
 * travel through the shared list, so memory that flows one way (spawned here, finished there)
 * comes back.
 *
 * Invariants
 *   F1  A batch goes from one list to another in one section, in which nothing is called: so a
 *       thread that is killed has not taken it along.
 *
 * A free slot's link stands in its second word. The first stays as its last user left it: there
 * slots have their state, which tells whoever comes too late that it has ended.
 */
import {
  OWN_LIST_COUNT,
  OWN_LIST_HEAD,
  SHARED_LIST_COUNT,
  SHARED_LIST_HEAD,
  SHARED_LIST_LOCK,
} from "../shared/layout";
import { lock, unlock } from "../sys/lock";
import { carve } from "./region";

/** A worker's own list. Only its owner touches it. */
@unmanaged
class OwnList {
  head: usize;
  count: u32;
}
if (offsetof<OwnList>("head") != OWN_LIST_HEAD) ERROR("OwnList.head moved");
if (offsetof<OwnList>("count") != OWN_LIST_COUNT) ERROR("OwnList.count moved");

/** The shared list: a list of batches. Everything but the lock belongs to its holder. */
@unmanaged
class SharedList {
  lockWord: u32;
  /** The first slot of the newest batch. A batch's first slot links to the next batch, too. */
  head: usize;
  count: u32;
}
if (offsetof<SharedList>("head") != SHARED_LIST_HEAD) ERROR("SharedList.head moved");
if (offsetof<SharedList>("count") != SHARED_LIST_COUNT) ERROR("SharedList.count moved");

/** Where a free slot keeps the next one. */
const NEXT: usize = 4;
/** Where a batch's first slot keeps the next batch. Slots are 16 bytes at least. */
const NEXT_BATCH: usize = 8;

/** A slot of `size` bytes, its contents as the last user left them; 0 if memory is full. */
export function take(own: usize, shared: usize, size: usize, batch: u32): usize {
  const list = changetype<OwnList>(own);
  let slot = list.head;
  if (slot == 0) {
    if (!refill(list, changetype<SharedList>(shared), size, batch)) return 0;
    slot = list.head;
  }
  list.head = load<usize>(slot, NEXT);
  list.count -= 1;
  return slot;
}

export function give(own: usize, shared: usize, slot: usize, batch: u32): void {
  const list = changetype<OwnList>(own);
  store<usize>(slot, list.head, NEXT);
  list.head = slot;
  list.count += 1;
  if (list.count >= 2 * batch) spill(list, changetype<SharedList>(shared), batch);
}

function refill(list: OwnList, shared: SharedList, size: usize, batch: u32): bool {
  // A plain read: a stale zero only means that memory is carved a little early.
  if (shared.head != 0 && adopt(list, shared)) return true;
  let slots = batch;
  let chunk = carve(size * slots);
  if (chunk == 0 && batch > 1) {
    // The end of memory is near: live from hand to mouth.
    if (adopt(list, shared)) return true;
    slots = 1;
    chunk = carve(size);
  }
  if (chunk == 0) return adopt(list, shared);
  for (let index: u32 = slots; index > 0; index--) {
    const slot = chunk + <usize>(index - 1) * size;
    store<usize>(slot, list.head, NEXT);
    list.head = slot;
  }
  list.count += slots;
  return true;
}

/** Takes over the newest shared batch, into a list that is empty. */
function adopt(list: OwnList, shared: SharedList): bool {
  const address = changetype<usize>(shared) + SHARED_LIST_LOCK;
  lock(address);
  const first = shared.head;
  if (first != 0) {
    shared.head = load<usize>(first, NEXT_BATCH);
    shared.count -= 1;
    list.head = first; // F1
  }
  unlock(address);
  if (first == 0) return false;
  let count: u32 = 1;
  // Ends with the batch: a list closed by 0, of `batch` slots or what a dead worker had left.
  for (let slot = first; load<usize>(slot, NEXT) != 0; slot = load<usize>(slot, NEXT)) count += 1;
  list.count += count;
  return true;
}

/** Hands the newest `batch` slots to everyone. */
function spill(list: OwnList, shared: SharedList, batch: u32): void {
  let last = list.head;
  for (let step: u32 = 1; step < batch; step++) last = load<usize>(last, NEXT);
  list.count -= batch;
  share(list, shared, last);
}

/** Hands a whole list to everyone: what a dead worker had kept. */
export function donate(own: usize, shared: usize): void {
  const list = changetype<OwnList>(own);
  list.count = 0;
  if (list.head != 0) share(list, changetype<SharedList>(shared), 0);
}

/** Hands the slots of a list to everyone as a batch: those up to `last`, or all if that is 0. */
function share(list: OwnList, shared: SharedList, last: usize): void {
  const address = changetype<usize>(shared) + SHARED_LIST_LOCK;
  lock(address);
  const first = list.head;
  list.head = last == 0 ? 0 : load<usize>(last, NEXT); // F1
  if (last != 0) store<usize>(last, 0, NEXT);
  store<usize>(first, shared.head, NEXT_BATCH);
  shared.head = first;
  shared.count += 1;
  unlock(address);
}
