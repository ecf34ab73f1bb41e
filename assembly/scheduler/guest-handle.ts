/**
 * What Wasm tasks call their stakes by: the address, and below it the low bits of the generation.
 *
 *    31   30                          7   6              0
 *   +---+------------------------------+------------------+
 *   | 0 | the stake's address, by 64   | its generation   |
 *   +---+------------------------------+------------------+
 *
 * Invariants
 *   H1  Whatever a guest calls a stake by comes through `find`. So it is a stake in the list of the
 *       running task, and of a kind and role that the call is about; or the task traps, before
 *       anything was done.
 *   H2  A handle that was dropped, or is with another task, is never taken for a stake of anybody
 *       else's. For another one of its own task's it is taken only if the slot has had as many
 *       users since as there are generations, or a multiple, and kind and role are right: then the
 *       call is one that this stake allows.
 *   H3  An end of a pair, see `sync/pair.ts`, is seen as such only by who asks `peek` for it.
 *
 * *Why not more bits*: a handle is what a guest's reference is, and that has 32. It leaves the sign
 * free, for calls whose results below 0 are errors.
 */

import { HANDLE_SECOND, STAKE_SIZE, TASK_STAKES } from "../shared/layout";
import { MEMORY_PAGES_MAX } from "../shared/limits";
import { SYNC_STAKE } from "../shared/verdicts";
import * as pairs from "../sync/pair";
import { Kind } from "../sync/primitive";
import * as stakes from "../sync/stake";
import { Role, Stake } from "../sync/stake";
import { refuseHandle } from "../sys/host";
import { myTask } from "../task/coroutine";

/** How far the address is moved up, and the bits below it. */
const SHIFT: u32 = 1;
const GENERATION: usize = ((<usize>STAKE_SIZE) << (<usize>SHIFT)) - 1;
if (HANDLE_SECOND != STAKE_SIZE << (<i32>SHIFT)) ERROR("a second stake's handle is elsewhere");
if (STAKE_SIZE & (STAKE_SIZE - 1)) ERROR("a stake's address has no bits free");
if (((<u64>MEMORY_PAGES_MAX) << 16) << SHIFT > <u64>i32.MAX_VALUE + 1)
  ERROR("a handle is too long");

/** Sets of kinds, and of roles. */
export const SEMAPHORE: u32 = 1 << Kind.Semaphore;
export const NOTIFY: u32 = 1 << Kind.Notify;
export const CHANNEL: u32 = 1 << Kind.Channel;
export const WATCH: u32 = 1 << Kind.Watch;
export const BROADCAST: u32 = 1 << Kind.Broadcast;
export const SOCKET: u32 = 1 << Kind.Socket;
export const TOKEN: u32 = 1 << Kind.Token;
export const HANDLE: u32 = 1 << Role.Handle;
export const PERMITS: u32 = 1 << Role.Permits;
export const NOTIFIED: u32 = 1 << Role.Notified;
export const SENDER: u32 = 1 << Role.Sender;
export const WEAK_SENDER: u32 = 1 << Role.WeakSender;
export const RECEIVER: u32 = 1 << Role.Receiver;
export const HOLDER: u32 = (1 << Role.Holder) | (1 << Role.WriteHalf);
export const ANY: u32 = u32.MAX_VALUE;

/** What a guest calls a stake by. */
export function handleOf(stake: usize): usize {
  return (stake << SHIFT) | (<usize>changetype<Stake>(stake).generation & GENERATION);
}

/** A verdict; if it is a stake, what a guest calls that by. */
export function asHandle(verdict: usize): usize {
  return verdict < <usize>SYNC_STAKE ? verdict : handleOf(verdict);
}

/** The stake of a handle, if the running task has it, and it is one of these; or 0. (H1) */
export function find(handle: usize, kinds: u32, roles: u32): usize {
  const stake = peek(handle);
  return stake != 0 && isAmong(changetype<Stake>(stake), kinds, roles) ? stake : 0;
}

/** The stake of a handle as it is, if the running task has it; or 0. (H1) */
export function peek(handle: usize): usize {
  const address = (handle & ~GENERATION) >> SHIFT;
  if (address >= (<usize>memory.size()) << 16) return 0;
  // Plain reads of what may be anything: only a stake has a list as its owner at this place. (H2)
  const isOwn = changetype<Stake>(address).owner == ownList() && handleOf(address) == handle;
  return isOwn ? address : 0;
}

/** As `peek`, but it traps. */
export function ownOf(handle: usize): usize {
  const stake = peek(handle);
  if (stake == 0) refuseHandle();
  return stake;
}

/** Is it one of these? An end of a pair is that of a channel from here on. (H3) */
export function isAmong(stake: Stake, kinds: u32, roles: u32): bool {
  if (pairs.isOne(stake)) pairs.unfold(stake);
  return ((roles >> stake.role) & (kinds >> stake.kind) & 1) != 0;
}

/** As `find`, but it traps. */
export function stakeOf(handle: usize, kinds: u32, roles: u32): usize {
  const stake = find(handle, kinds, roles);
  if (stake == 0) refuseHandle();
  return stake;
}

/** The primitive of a handle. It traps as `stakeOf` does. */
export function primitiveOf(handle: usize, kinds: u32, roles: u32): usize {
  return changetype<Stake>(stakeOf(handle, kinds, roles)).primitive;
}

/** The stake of a handle that is to go to another task. One that stands in line wakes its own. */
export function movable(handle: usize): usize {
  const stake = stakeOf(handle, ANY, ANY);
  if (stakes.isWaiting(stake)) refuseHandle();
  return stake;
}

/** The running task's list of stakes. */
export function ownList(): usize {
  return myTask + TASK_STAKES;
}
