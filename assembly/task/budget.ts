/** The cooperation budget: how much one poll may do before others get their turn. */
import { WORKER_BUDGET, WORKER_FORCED_YIELDS } from "../shared/layout";
import { BUDGET_PER_POLL } from "../shared/limits";
import { bump } from "../sys/counter";
import { myWorker } from "../sys/self";

/** Gives a new poll its full budget. */
export function refill(): void {
  store<i32>(myWorker, BUDGET_PER_POLL, WORKER_BUDGET);
}

export function isSpent(): bool {
  return load<i32>(myWorker, WORKER_BUDGET) <= 0;
}

/** Takes a unit; false if there is none. Counts the moment at which the last one goes. */
export function proceed(): bool {
  const left = load<i32>(myWorker, WORKER_BUDGET);
  if (left <= 0) return false;
  store<i32>(myWorker, left - 1, WORKER_BUDGET);
  if (left == 1) bump(WORKER_FORCED_YIELDS, 1);
  return true;
}
