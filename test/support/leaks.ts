/**
 * What stays of something that is done again and again.
 *
 * @module
 */
import type { RuntimeMetrics } from "tokiwa/runtime";
import { expect } from "vitest";

/** More than enough for workers to fill their free lists, whoever runs what. */
const ROUNDS = 40;

/**
 * Acts until a round takes no more memory than there was, which it never does if something of it
 * stays. A round has to do its work a few hundred times: slots come by the batch.
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
