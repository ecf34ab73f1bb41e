/**
 * One level of the wheel: 64 slots, each a list of timers, and a bit for each slot that has some.
 *
 * Level n has slots of 64^n ms. A timer stands in the level of the highest base-64 digit in which
 * its deadline differs from the wheel's time.
 */
import { LEVEL_OCCUPIED, LEVEL_SIZE, LEVEL_SLOTS, WHEEL_LEVEL_FIRST } from "../shared/layout";
import { WHEEL_LEVELS, WHEEL_SLOTS, WHEEL_SLOTS_LOG2 } from "../shared/limits";

const SLOT_MASK: u64 = WHEEL_SLOTS - 1;

export function levelAt(wheel: usize, level: u32): usize {
  return wheel + WHEEL_LEVEL_FIRST + level * LEVEL_SIZE;
}

/** The level for a deadline that lies after `elapsed`. */
export function levelFor(elapsed: u64, deadline: u64): u32 {
  // The bits below the first slot width do not count: they all mean level 0.
  const differing = (elapsed ^ deadline) | SLOT_MASK;
  const level = <u32>(63 - clz<u64>(differing)) / WHEEL_SLOTS_LOG2;
  return level < <u32>WHEEL_LEVELS ? level : WHEEL_LEVELS - 1;
}

export function slotFor(deadline: u64, level: u32): u32 {
  return <u32>((deadline >> (level * WHEEL_SLOTS_LOG2)) & SLOT_MASK);
}

/** The address of a slot's list head. */
export function slotHead(level: usize, slot: u32): usize {
  return level + LEVEL_SLOTS + (slot << 2);
}

export function occupy(level: usize, slot: u32): void {
  store<u64>(level, load<u64>(level, LEVEL_OCCUPIED) | (1 << (<u64>slot)), LEVEL_OCCUPIED);
}

export function vacate(level: usize, slot: u32): void {
  store<u64>(level, load<u64>(level, LEVEL_OCCUPIED) & ~(1 << (<u64>slot)), LEVEL_OCCUPIED);
}

export function isEmpty(level: usize): bool {
  return load<u64>(level, LEVEL_OCCUPIED) == 0;
}

/**
 * The first occupied slot after the one that `elapsed` stands in, going round. That one comes last:
 * what stands there lies a whole round away, as only the top level's can.
 */
export function nextSlot(level: usize, index: u32, elapsed: u64): u32 {
  const from = (slotFor(elapsed, index) + 1) & <u32>SLOT_MASK;
  const turned = rotr<u64>(load<u64>(level, LEVEL_OCCUPIED), from);
  return (<u32>ctz<u64>(turned) + from) & <u32>SLOT_MASK;
}

/** When `slot` of level `index` comes up next, seen from `elapsed`. */
export function slotTime(index: u32, slot: u32, elapsed: u64): u64 {
  const slotTicks = (<u64>1) << (index * WHEEL_SLOTS_LOG2);
  const levelTicks = slotTicks << WHEEL_SLOTS_LOG2;
  let time = (elapsed & ~(levelTicks - 1)) + slot * slotTicks;
  // Only the top level holds timers that lie more than a round away: they come up next round.
  if (time <= elapsed) time += levelTicks;
  return time;
}

/** Which slot, and of which level, a list head belongs to. */
export function vacateHead(wheel: usize, head: usize): void {
  const offset = head - wheel - WHEEL_LEVEL_FIRST;
  const level = <u32>(offset / LEVEL_SIZE);
  const slot = <u32>((offset % LEVEL_SIZE) - LEVEL_SLOTS) >> 2;
  vacate(levelAt(wheel, level), slot);
}
