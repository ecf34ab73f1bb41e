/** Waiting for news, and for the end: what channels of all kinds have in common. */
import { PRIMITIVE_CLOSERS, PRIMITIVE_READERS, WORKER_MESSAGE } from "../shared/layout";
import { SYNC_BUSY, SYNC_DONE } from "../shared/verdicts";
import { myWorker } from "../sys/self";
import * as budget from "../task/budget";
import { Primitive } from "./primitive";
import { stand } from "./settle";
import { Role } from "./stake";

/** Waits for a version other than `seen`. The stake, which may be over already, or NO_MEMORY. */
export function wait(address: usize, seen: u64, owner: usize, target: u32): usize {
  return stand(address, PRIMITIVE_READERS, Role.News, 0, seen, owner, target);
}

/**
 * Waits until nobody takes what is offered. DONE if so; else the stake that waits, or BUSY or
 * NO_MEMORY.
 */
export function closed(address: usize, owner: usize, target: u32): usize {
  if (budget.isSpent()) return SYNC_BUSY;
  // A plain read: whoever closes it meanwhile ends the wait.
  if (!changetype<Primitive>(address).closed) {
    return stand(address, PRIMITIVE_CLOSERS, Role.Closed, 0, 0, owner, target);
  }
  budget.proceed();
  return SYNC_DONE;
}

/** Leaves a message where the caller's guest or host reads it. */
export function bring(message: u64): u32 {
  store<u64>(myWorker, message, WORKER_MESSAGE);
  return SYNC_DONE;
}
