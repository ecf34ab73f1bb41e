/** What a task waits for beside something else, as the core reads it out of the guest's memory. */
import {
  BRANCH_ARGUMENT,
  BRANCH_HANDLE,
  BRANCH_KIND,
  BRANCH_OUTCOME,
  BRANCH_SIZE,
} from "../shared/layout";
import { SELECT_ACQUIRE, SELECT_SLEEP, SYNC_BLOCKED } from "../shared/verdicts";
import * as core from "./tokiwa";

/** Writes a branch down. */
export function setBranch(at: usize, kind: u32, handle: usize, argument: u64): void {
  store<u32>(at, kind, BRANCH_KIND);
  store<usize>(at, handle, BRANCH_HANDLE);
  store<u64>(at, argument, BRANCH_ARGUMENT);
}

/** What the branch that is done has come to. */
export function outcomeAt(branch: usize): usize {
  return load<usize>(branch, BRANCH_OUTCOME);
}

/** Waits for permits, until a moment at most: as `guestAcquire`, or BLOCKED if time was over. */
export function acquireUntil(handle: usize, permits: u32, deadlineMs: f64): usize {
  const branches = changetype<usize>(new ArrayBuffer(2 * BRANCH_SIZE));
  setBranch(branches, SELECT_ACQUIRE, handle, permits);
  setBranch(branches + BRANCH_SIZE, SELECT_SLEEP, 0, reinterpret<u64>(deadlineMs));
  return core.guestSelect(branches, 2, true) == 0 ? outcomeAt(branches) : <usize>SYNC_BLOCKED;
}
