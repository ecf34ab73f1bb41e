/**
 * Waiting for several things at once: as soon as one can be done it is done, and no other.
 *
 * The guest lists its branches in its own memory. They are polled one after the other; the first
 * one that is done ends the select, and what the others have begun is given up. Until then each has
 * a stake in line, or the timer of the earliest deadline; or a child knows that it is to wake us.
 *
 * Invariants
 *   L1  Every wait is a stake in the task's own list, or the one timer that it is suspended with:
 *       so whatever ends the task in the middle gives up all of them.
 *   L2  A poll that waits has taken nothing but a place in line. What was granted to a branch that
 *       loses goes to the next in line, as with any stake that is given up.
 */
import * as random from "../collection/random";
import {
  BRANCH_ARGUMENT,
  BRANCH_HANDLE,
  BRANCH_KIND,
  BRANCH_OUTCOME,
  BRANCH_SIZE,
  BRANCH_WAIT,
} from "../shared/layout";
import {
  SELECT_ACCEPT,
  SELECT_ACQUIRE,
  SELECT_BROADCAST,
  SELECT_CANCELLED,
  SELECT_CHANGED,
  SELECT_CLOSED,
  SELECT_JOIN,
  SELECT_JOIN_ANY,
  SELECT_NOTIFIED,
  SELECT_READABLE,
  SELECT_RECEIVE,
  SELECT_SLEEP,
  SELECT_TOLD,
  SELECT_WRITABLE,
  STAKE_TAG,
  SYNC_BLOCKED,
  SYNC_DONE,
  SYNC_NO_MEMORY,
  SYNC_REFUSED,
} from "../shared/verdicts";
import * as drops from "../sync/drop";
import * as budget from "../task/budget";
import * as coroutine from "../task/coroutine";
import { letOthersRun } from "./guest";
import { pollReceive as pollBroadcast } from "./guest-broadcast";
import { pollReceive } from "./guest-channel";
import { pollClosed } from "./guest-ends";
import { asHandle } from "./guest-handle";
import { pollAny } from "./guest-join";
import { pollFinish, pollWait } from "./guest-notify";
import { pollAcquire } from "./guest-semaphore";
import { pollAccept, pollReady } from "./guest-socket";
import { isPending } from "./guest-sync";
import { arm, dropWait, timeOf } from "./guest-timer";
import { pollCancelled } from "./guest-token";
import { pollChanged } from "./guest-watch";

@unmanaged
class Branch {
  /** SELECT_*. This and the next two are the guest's. */
  kind: u32;
  handle: usize;
  argument: u64;
  wait: usize;
  outcome: usize;
}
if (offsetof<Branch>("kind") != BRANCH_KIND) ERROR("Branch.kind moved");
if (offsetof<Branch>("handle") != BRANCH_HANDLE) ERROR("Branch.handle moved");
if (offsetof<Branch>("argument") != BRANCH_ARGUMENT) ERROR("Branch.argument moved");
if (offsetof<Branch>("wait") != BRANCH_WAIT) ERROR("Branch.wait moved");
if (offsetof<Branch>("outcome") != BRANCH_OUTCOME) ERROR("Branch.outcome moved");
if (offsetof<Branch>() != BRANCH_SIZE) ERROR("Branch changed size");

/**
 * Waits until one of the branches is done; its index. If several are at once, it is the first that
 * is found from a random one on, or from the very first. At least one must be switched on.
 */
export function select(branches: usize, count: u32, isBiased: bool): u32 {
  const isResumed = coroutine.resumed();
  const timer = isResumed ? coroutine.peekWait() : 0;
  if (!isResumed) clearWaits(branches, count);
  if (budget.isSpent()) {
    letOthersRun(); // A new poll has its full budget: so this is the first, and nothing waits yet.
    return 0;
  }
  const from = isBiased ? 0 : random.below(count);
  let done = pollAll(branches, count, from, timeOf(timer));
  if (done == count) {
    done = rest(branches, count, timer);
    if (done == count) return 0;
  }
  dropWait(coroutine.placeOfRunning());
  giveUpAll(branches, count);
  return done;
}

/**
 * What a branch waits for, and how: the one place to add another kind. As long as it waits, that is
 * a stake + STAKE_TAG, or BLOCKED for a wait without one; else what the guest is told of the end.
 */
function poll(branch: Branch, time: f64): usize {
  const handle = branch.handle;
  switch (branch.kind) {
    case SELECT_SLEEP:
      return doneIf(deadlineOf(branch) <= time);
    case SELECT_JOIN:
      return pollJoin(changetype<usize>(branch) + BRANCH_HANDLE, 1);
    case SELECT_JOIN_ANY:
      return pollJoin(handle, <u32>branch.argument);
    case SELECT_RECEIVE:
      return pollReceive(handle, branch.wait);
    case SELECT_ACQUIRE:
      return pollAcquire(handle, <u32>branch.argument, branch.wait);
    case SELECT_NOTIFIED:
      return pollWait(handle, <u32>branch.argument, branch.wait);
    case SELECT_TOLD:
      return keepPlace(pollFinish(handle, 0));
    case SELECT_BROADCAST:
      return pollBroadcast(handle, branch.wait);
    case SELECT_CHANGED:
      return pollChanged(handle, branch.wait);
    case SELECT_CLOSED:
      return pollClosed(handle, branch.wait);
    case SELECT_CANCELLED:
      return pollCancelled(handle, branch.wait);
    case SELECT_READABLE:
      return counted(pollReady(handle, false, branch.wait));
    case SELECT_WRITABLE:
      return counted(pollReady(handle, true, branch.wait));
    case SELECT_ACCEPT:
      return pollAccept(handle, branch.wait);
    default:
      return SYNC_BLOCKED;
  }
}

/** What is done without a stake takes its unit of the budget here: a loop of selects must yield. */
function doneIf(isDone: bool): usize {
  return isDone && budget.proceed() ? SYNC_DONE : SYNC_BLOCKED;
}

function counted(verdict: usize): usize {
  return verdict == SYNC_DONE ? doneIf(true) : verdict;
}

/** Waits for one of several children. */
function pollJoin(handles: usize, count: u32): usize {
  const index = pollAny(handles, count);
  return index > count ? <usize>SYNC_REFUSED : doneIf(index < count);
}

/** A place in line that is not the branch's own is not given up with it. */
function keepPlace(verdict: usize): usize {
  return isPending(verdict) ? <usize>SYNC_BLOCKED : verdict;
}

/** Polls each branch until one is done; its index, or `count`. */
function pollAll(branches: usize, count: u32, from: u32, time: f64): u32 {
  for (let round: u32 = 0; round < count; round++) {
    const index = (from + round) % count;
    const branch = branchAt(branches, index);
    const verdict = poll(branch, time);
    branch.wait = isPending(verdict) ? verdict & ~(<usize>STAKE_TAG) : 0;
    if (branch.wait != 0 || verdict == SYNC_BLOCKED) continue;
    branch.outcome = asHandle(verdict);
    return index;
  }
  return count;
}

/** Suspends until something happens, and returns `count`; or the branch that fails over it. */
function rest(branches: usize, count: u32, timer: usize): u32 {
  if (timer != 0) {
    coroutine.suspendAgain();
    return count;
  }
  const first = earliest(branches, count);
  const mine = first == count ? <usize>0 : arm(deadlineOf(branchAt(branches, first)));
  if (mine == 0 && first < count) {
    branchAt(branches, first).outcome = SYNC_NO_MEMORY;
    return first;
  }
  if (timer != 0) coroutine.suspendAgain();
  else coroutine.suspend(mine);
  return count;
}

/** Nothing waits yet, whatever stood there before. */
function clearWaits(branches: usize, count: u32): void {
  for (let index: u32 = 0; index < count; index++) branchAt(branches, index).wait = 0;
}

/** The branch whose deadline comes first, or `count` if none has one. */
function earliest(branches: usize, count: u32): u32 {
  let first = count;
  for (let index: u32 = 0; index < count; index++) {
    const branch = branchAt(branches, index);
    if (branch.kind != SELECT_SLEEP) continue;
    const isFirst = first == count || deadlineOf(branch) < deadlineOf(branchAt(branches, first));
    if (isFirst) first = index;
  }
  return first;
}

/** Gives up every wait that there still is. (L2) */
function giveUpAll(branches: usize, count: u32): void {
  for (let index: u32 = 0; index < count; index++) {
    const stake = branchAt(branches, index).wait;
    if (stake != 0) drops.drop(stake);
  }
}

function deadlineOf(branch: Branch): f64 {
  return reinterpret<f64>(branch.argument);
}

function branchAt(branches: usize, index: u32): Branch {
  return changetype<Branch>(branches + index * BRANCH_SIZE);
}
