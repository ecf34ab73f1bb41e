/**
 * Calls that Wasm tasks make of the functions in the JavaScript of the home thread.
 *
 * The caller makes a channel for one message, the answer, and waits for it as for any other. Its
 * sender goes home with the request, and is there whoever is to answer it. So a call that nobody
 * will answer ends with its sender, and an answer that nobody wants with its receiver: abort, death
 * and shutdown need no rules of their own.
 *
 * Invariants
 *   L1  The sender of a call is in the list of its task, or nobody's and on its way, or in home's.
 *   L2  While it leaves its task for home's inbox, it is written down in the worker.
 */
import * as inbox from "../queue/inbox";
import * as node from "../queue/node";
import { unpark } from "../queue/park";
import { home } from "../queue/submit";
import { WORKER_CALLING, WORKER_STAKES } from "../shared/layout";
import * as drops from "../sync/drop";
import * as stakes from "../sync/stake";
import { Stake } from "../sync/stake";
import { myWorker } from "../sys/self";
import { CHANNEL, find, SENDER } from "./guest-handle";

/**
 * Asks home for an answer, and gives the sender up. Takes over the request, a block. False if the
 * sender is not the running task's.
 */
export function call(sender: usize, request: usize): bool {
  const stake = find(sender, CHANNEL, SENDER);
  if (stake == 0) return false;
  changetype<Stake>(stake).kept = <u64>request; // Freed with it, should nobody read it.
  store<usize>(myWorker, stake, WORKER_CALLING); // L2
  stakes.move(stake, 0);
  const mustWake = inbox.push(home(), node.make(stake, node.CALL));
  store<usize>(myWorker, 0, WORKER_CALLING);
  if (mustWake) unpark(home());
  return true;
}

/** Takes in a call on the home thread. */
export function arrive(sender: usize): void {
  stakes.move(sender, myWorker + WORKER_STAKES);
}

/** Gives up the call that a worker was about to send as it died, or ran out of stack. */
export function giveUp(worker: usize): void {
  const sender = load<usize>(worker, WORKER_CALLING);
  store<usize>(worker, 0, WORKER_CALLING);
  if (sender == 0 || changetype<Stake>(sender).owner != 0) return; // It is still its task's.
  stakes.move(sender, myWorker + WORKER_STAKES);
  drops.drop(sender);
}
