/** Tokens of cancellation as Wasm tasks use them. */
import { SYNC_DONE, SYNC_STAKE } from "../shared/verdicts";
import * as drops from "../sync/drop";
import * as lineage from "../sync/lineage";
import * as token from "../sync/token";
import { myTask } from "../task/coroutine";
import { asHandle, HANDLE, ownList, primitiveOf, TOKEN } from "./guest-handle";
import { isPending, suspends, tagged, takeAwaited } from "./guest-sync";

/** A new token's handle, or NO_MEMORY. */
export function create(): usize {
  return asHandle(token.create(0, ownList()));
}

/** The handle of a token that is cancelled with this one, or NO_MEMORY. */
export function createChild(handle: usize): usize {
  return asHandle(token.create(tokenOf(handle), ownList()));
}

/** Cancels it, and all that come from it. */
export function cancel(handle: usize): void {
  token.cancel(tokenOf(handle));
}

export function isCancelled(handle: usize): bool {
  return lineage.isCancelled(tokenOf(handle));
}

/** Waits until it is cancelled. DONE or NO_MEMORY. */
export function cancelled(handle: usize): u32 {
  const verdict = pollCancelled(handle, takeAwaited());
  return suspends(verdict) ? 0 : <u32>verdict;
}

export function pollCancelled(handle: usize, awaited: usize): usize {
  if (awaited != 0) return over(awaited);
  return over(token.cancelled(tokenOf(handle), ownList(), <u32>myTask));
}

function tokenOf(handle: usize): usize {
  return primitiveOf(handle, TOKEN, HANDLE);
}

/** A wait goes on, or is given up as it is over. */
function over(verdict: usize): usize {
  const found = tagged(verdict);
  if (isPending(found) || found < <usize>SYNC_STAKE) return found;
  drops.drop(found);
  return SYNC_DONE;
}
