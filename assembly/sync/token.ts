/** Tokens of cancellation: see `lineage.ts` for how a tree of them hangs together. */
import { PRIMITIVE_CLOSERS } from "../shared/layout";
import { SYNC_BUSY, SYNC_DONE, SYNC_NO_MEMORY } from "../shared/verdicts";
import * as budget from "../task/budget";
import * as handles from "./handle";
import { isCancelled, rootOf } from "./lineage";
import * as primitives from "./primitive";
import { Kind, Primitive } from "./primitive";
import { settle } from "./settle";
import * as stakes from "./stake";
import { Role, Stake } from "./stake";

/** A token that is cancelled with the one above it, if that is not 0: its handle, or NO_MEMORY. */
export function create(above: usize, owner: usize): usize {
  const address = primitives.create(Kind.Token);
  if (address == 0) return SYNC_NO_MEMORY;
  if (above != 0) {
    primitives.retain(above);
    changetype<Primitive>(address).block = above;
  }
  return handles.first(address, Role.Handle, owner);
}

/** Cancels a token, and all that come from it. */
export function cancel(address: usize): void {
  const root = rootOf(address);
  const token = changetype<Primitive>(address);
  primitives.enter(root);
  if (!token.closed) {
    token.closed = 1;
    changetype<Primitive>(root).version += 1;
  }
  settle(root);
}

/** Waits until a token is cancelled. DONE if it is; else the stake that waits, BUSY, NO_MEMORY. */
export function cancelled(address: usize, owner: usize, target: u32): usize {
  if (budget.isSpent()) return SYNC_BUSY;
  const root = rootOf(address);
  const stake = stakes.create(root, owner, target);
  if (stake == 0) return SYNC_NO_MEMORY;
  changetype<Stake>(stake).message = address;
  primitives.enter(root);
  const isOver = isCancelled(address); // Not before: it may have been cancelled in between.
  if (!isOver) {
    stakes.joinLocked(stake, Role.Closed);
    stakes.waitLocked(root + PRIMITIVE_CLOSERS, stake);
  }
  primitives.leave(root);
  if (!isOver) return stake;
  stakes.retire(stake);
  budget.proceed();
  return SYNC_DONE;
}
