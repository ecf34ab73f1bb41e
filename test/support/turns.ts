/**
 * Letting all tasks that are ready run.
 *
 * @module
 */
import { yieldNow } from "tokiwa";

/** So many times to the back of the line: far more than it takes a task to get to its next wait. */
const TURNS = 20;

/** Waits until every task of this thread that can go on has come to a wait. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await yieldNow();
}
