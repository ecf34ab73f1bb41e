/**
 * What stays of something that is done again and again.
 *
 * @module
 */
import type { RuntimeMetrics } from "tokiwa/runtime";
import { expect } from "vitest";

/** More than enough for workers to fill their free lists, whoever runs what. */
const ROUNDS = 40;

/** Does something `times`, one after the other. */
export async function repeat(times: number, act: () => Promise<void>): Promise<void> {
  for (let time = 0; time < times; time++) await act();
}

/**
 * Acts until a round takes no more memory than there was, which it never does if something of it
 * stays. A round has to do its work a few hundred times: slots come by the batch. How much is
 * in use at once may differ from round to round: the most is reached soon.
 */
export async function levelsOff(metrics: RuntimeMetrics, act: () => Promise<void>): Promise<void> {
  const grown: number[] = [];
  while (grown.length < ROUNDS) {
    const before = metrics.memoryBytes;
    await act();
    if (metrics.memoryBytes === before) return;
    grown.push(metrics.memoryBytes - before);
  }
  expect.fail(`memory grew in every round: by ${grown.join(", ")} bytes`);
}
