/**
 * A queue for everyone: tasks from threads that have no queue of their own, and what overflows.
 * A list through the tasks' links, behind a short lock. The blocking pool has one, too.
 */
import {
  INJECTOR_HEAD,
  INJECTOR_LENGTH,
  INJECTOR_LOCK,
  INJECTOR_TAIL,
  WORKER_HAND,
} from "../shared/layout";
import * as word from "../sys/atomic";
import { lock, unlock } from "../sys/lock";
import { myWorker } from "../sys/self";
import { TaskHeader } from "../task/header";

@unmanaged
class Injector {
  lockWord: u32;
  /** Written under the lock, read by anyone. */
  lengthWord: u32;
  /** The lock's holder owns both ends. */
  head: usize;
  tail: usize;
}
if (offsetof<Injector>("lockWord") != INJECTOR_LOCK) ERROR("Injector.lockWord moved");
if (offsetof<Injector>("lengthWord") != INJECTOR_LENGTH) ERROR("Injector.lengthWord moved");
if (offsetof<Injector>("head") != INJECTOR_HEAD) ERROR("Injector.head moved");
if (offsetof<Injector>("tail") != INJECTOR_TAIL) ERROR("Injector.tail moved");

export function length(injector: usize): u32 {
  return word.load(injector + INJECTOR_LENGTH);
}

export function push(injector: usize, task: usize): void {
  changetype<TaskHeader>(task).next = 0;
  pushList(injector, task, task, 1);
}

/** Puts a task at the front: one that had its turn already. */
export function pushFirst(injector: usize, task: usize): void {
  const list = changetype<Injector>(injector);
  lock(injector + INJECTOR_LOCK);
  changetype<TaskHeader>(task).next = list.head;
  list.head = task;
  if (list.tail == 0) list.tail = task;
  word.store(injector + INJECTOR_LENGTH, word.load(injector + INJECTOR_LENGTH) + 1);
  unlock(injector + INJECTOR_LOCK);
}

/** Appends a list that runs from `first` to `last` through the tasks' links. Empties the hand. */
export function pushList(injector: usize, first: usize, last: usize, count: u32): void {
  const list = changetype<Injector>(injector);
  lock(injector + INJECTOR_LOCK);
  if (list.tail == 0) list.head = first;
  else changetype<TaskHeader>(list.tail).next = first;
  list.tail = last;
  word.store(injector + INJECTOR_LENGTH, word.load(injector + INJECTOR_LENGTH) + count);
  store<usize>(myWorker, 0, WORKER_HAND);
  unlock(injector + INJECTOR_LOCK);
}

/**
 * Takes up to `max` tasks; the first is returned and links to the others. 0 if there is none. They
 * are in the caller's hand, where its burial finds them.
 */
export function popList(injector: usize, max: u32): usize {
  if (length(injector) == 0) return 0; // Spares the lock. Whoever pushes later also wakes.
  const list = changetype<Injector>(injector);
  lock(injector + INJECTOR_LOCK);
  const first = list.head;
  let last = first;
  let count: u32 = first == 0 ? 0 : 1;
  // Looks first and writes then: a thread may die in a loop, and leave the lock to be broken.
  while (count < max && last != 0 && changetype<TaskHeader>(last).next != 0) {
    last = changetype<TaskHeader>(last).next;
    count += 1;
  }
  if (last != 0) {
    list.head = changetype<TaskHeader>(last).next;
    changetype<TaskHeader>(last).next = 0;
    store<usize>(myWorker, first, WORKER_HAND);
  }
  if (list.head == 0) list.tail = 0;
  word.store(injector + INJECTOR_LENGTH, word.load(injector + INJECTOR_LENGTH) - count);
  unlock(injector + INJECTOR_LOCK);
  return first;
}
