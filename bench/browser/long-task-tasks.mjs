/** A portable task for the bench of long tasks; workers import this module. */
import { sleep, task } from "tokiwa";

const ROUNDS = 5;
const COMPUTE_MS = 0.05;

/** Computes and sleeps by turns. */
export const byTurns = task(import.meta, "byTurns", async (index) => {
  for (let round = 0; round < ROUNDS; round++) {
    const end = performance.now() + COMPUTE_MS;
    while (performance.now() < end);
    await sleep(5 + (index % 20));
  }
  return index;
});
