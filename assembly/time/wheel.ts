/**
 * A hierarchical timing wheel: six levels of 64 slots. Inserting, removing and finding the next
 * deadline take constant time; firing moves each timer at most five times down the levels.
 *
 * Invariants
 *   T1  Every timer in the wheel has a deadline after the wheel's time.
 *   T2  A slot's bit is set exactly while its list is not empty.
 *   T3  Lower levels come up before higher ones.
 */
import { WHEEL_ELAPSED, WORKER_FIRING, WORKER_FIRING_NEXT } from "../shared/layout";
import { WHEEL_LEVELS } from "../shared/limits";
import * as waiters from "../sync/waiter";
import { link, unlink, Waiter } from "../sync/waiter";
import { myWorker } from "../sys/self";
import {
  isEmpty,
  levelAt,
  levelFor,
  nextSlot,
  occupy,
  slotFor,
  slotHead,
  slotTime,
  vacate,
  vacateHead,
} from "./level";

/** No deadline. */
export const NEVER: u64 = u64.MAX_VALUE;

/** The last instant at which the wheel was turned. */
export function elapsed(wheel: usize): u64 {
  return load<u64>(wheel, WHEEL_ELAPSED);
}

/** Adds a timer; false if its deadline has passed: then the caller fires it. */
export function insert(wheel: usize, timer: Waiter): bool {
  const time = elapsed(wheel);
  const deadline = timer.deadlineTicks;
  if (deadline <= time) return false; // T1
  const index = levelFor(time, deadline);
  const level = levelAt(wheel, index);
  const slot = slotFor(deadline, index);
  link(timer, slotHead(level, slot));
  occupy(level, slot); // T2
  return true;
}

export function remove(wheel: usize, timer: Waiter): void {
  const head = timer.home;
  if (unlink(timer)) vacateHead(wheel, head); // T2
}

/** The earliest instant at which a slot comes up, or NEVER. A timer may be due a little later. */
export function nextTime(wheel: usize): u64 {
  for (let index: u32 = 0; index < <u32>WHEEL_LEVELS; index++) {
    const level = levelAt(wheel, index);
    if (isEmpty(level)) continue;
    const time = elapsed(wheel);
    return slotTime(index, nextSlot(level, index, time), time); // T3
  }
  return NEVER;
}

/** Turns the wheel to `now` and fires every timer that is due. */
export function turn(wheel: usize, now: u64): void {
  // Ends: every round fires or sinks a non-empty slot whose time is not after `now`.
  while (true) {
    const index = firstLevel(wheel);
    if (index == WHEEL_LEVELS) break;
    const time = elapsed(wheel);
    const level = levelAt(wheel, index);
    const slot = nextSlot(level, index, time);
    const due = slotTime(index, slot, time);
    if (due > now) break;
    store<u64>(wheel, due, WHEEL_ELAPSED);
    empty(wheel, level, slot);
  }
  if (now > elapsed(wheel)) store<u64>(wheel, now, WHEEL_ELAPSED);
}

function firstLevel(wheel: usize): u32 {
  let index: u32 = 0;
  while (index < <u32>WHEEL_LEVELS && isEmpty(levelAt(wheel, index))) index += 1;
  return index;
}

/** Fires what is due in a slot that has come up, and moves the rest down. */
function empty(wheel: usize, level: usize, slot: u32): void {
  const head = slotHead(level, slot);
  let timer = load<usize>(head);
  store<usize>(myWorker, timer, WORKER_FIRING_NEXT);
  store<usize>(head, 0);
  vacate(level, slot);
  // In the order of arming, which lists keep. Ends with the list: it was taken off its slot, and
  // firing runs nobody. Should the thread die, its burial finds both the one and the rest.
  while (timer != 0) {
    const waiter = changetype<Waiter>(timer);
    timer = waiter.next;
    store<usize>(myWorker, changetype<usize>(waiter), WORKER_FIRING);
    store<usize>(myWorker, timer, WORKER_FIRING_NEXT);
    if (!insert(wheel, waiter)) waiters.fire(waiter);
    store<usize>(myWorker, 0, WORKER_FIRING);
  }
}
