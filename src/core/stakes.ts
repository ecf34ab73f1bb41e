/**
 * Stakes of the core's primitives, as the host sees them.
 *
 * @module
 */

import {
  STAKE_OUTCOME,
  STAKE_PERMITS,
  STAKE_PRIMITIVE,
  STAKE_STATE,
  STAKE_TARGET,
  WORKER_DEPARTING,
  WORKER_STAKES,
} from "../../assembly/shared/layout.ts";
import { STAKE_WAITING } from "../../assembly/shared/verdicts.ts";
import type { Thread } from "./thread.ts";

/** The list of those that this thread's JavaScript has: the owner of all that it asks for. */
export function stakesOf(thread: Thread): number {
  return thread.worker + WORKER_STAKES;
}

/** The list of those that go with the next task that it queues or ends: as an owner, too. */
export function departingFrom(thread: Thread): number {
  return thread.worker + WORKER_DEPARTING;
}

/** What a stake is one in. It stays there as long as the stake does. */
export function primitiveOf(thread: Thread, stake: number): number {
  return thread.u32[(stake + STAKE_PRIMITIVE) >> 2] as number;
}

/** Does it still wait? Whichever thread ends a wait writes down before how it has ended. */
export function isWaiting(thread: Thread, stake: number): boolean {
  return Atomics.load(thread.u32, (stake + STAKE_STATE) >> 2) === STAKE_WAITING;
}

/** How a wait has ended: SYNC_DONE or SYNC_CLOSED. */
export function outcomeOf(thread: Thread, stake: number): number {
  return thread.bytes[stake + STAKE_OUTCOME] as number;
}

/** Whom a wait is to wake. */
export function targetOf(thread: Thread, stake: number): number {
  return thread.u32[(stake + STAKE_TARGET) >> 2] as number;
}

/** How many permits a stake has that does not wait. */
export function permitsOf(thread: Thread, stake: number): number {
  return thread.u32[(stake + STAKE_PERMITS) >> 2] as number;
}
