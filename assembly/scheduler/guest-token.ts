/** Tokens of cancellation as Wasm tasks use them. A handle that is not the task's is REFUSED. */
import { SYNC_BLOCKED, SYNC_DONE, SYNC_REFUSED, SYNC_STAKE } from "../shared/verdicts";
import * as drops from "../sync/drop";
import * as lineage from "../sync/lineage";
import * as token from "../sync/token";
import { myTask } from "../task/coroutine";
import { isPending, ownList, primitiveOf, suspends, tagged, takeAwaited } from "./guest-sync";

/** A new token's handle, or NO_MEMORY. */
export function create(): usize {
  return token.create(0, ownList());
}

/** The handle of a token that is cancelled with this one; or REFUSED, NO_MEMORY. */
export function createChild(handle: usize): usize {
  const above = primitiveOf(handle);
  return above == 0 ? <usize>SYNC_REFUSED : token.create(above, ownList());
}

/** Cancels it, and all that come from it. */
export function cancel(handle: usize): bool {
  const address = primitiveOf(handle);
  if (address != 0) token.cancel(address);
  return address != 0;
}

/** DONE if it is cancelled, BLOCKED if not; or REFUSED. */
export function isCancelled(handle: usize): u32 {
  const address = primitiveOf(handle);
  if (address == 0) return SYNC_REFUSED;
  return lineage.isCancelled(address) ? SYNC_DONE : SYNC_BLOCKED;
}

/** Waits until it is cancelled. DONE, REFUSED or NO_MEMORY. */
export function cancelled(handle: usize): u32 {
  const verdict = pollCancelled(handle, takeAwaited());
  return suspends(verdict) ? 0 : <u32>verdict;
}

export function pollCancelled(handle: usize, awaited: usize): usize {
  if (awaited != 0) return over(awaited);
  const address = primitiveOf(handle);
  if (address == 0) return SYNC_REFUSED;
  return over(token.cancelled(address, ownList(), <u32>myTask));
}

/** A wait goes on, or is given up as it is over. */
function over(verdict: usize): usize {
  const found = tagged(verdict);
  if (isPending(found) || found < <usize>SYNC_STAKE) return found;
  drops.drop(found);
  return SYNC_DONE;
}
