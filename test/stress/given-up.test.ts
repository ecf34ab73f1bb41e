/** Waits that are given up at any point, one after the other: nothing of them may stay. */
import * as tokiwa from "tokiwa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { giveUp, waits } from "../../bench/sync/waits.mjs";
import { collectGarbage } from "../support/collected.ts";
import { seeded } from "../support/random.ts";
import { until } from "../support/waiting.ts";

const SEED = Number(process.env.TOKIWA_SEED ?? Date.now() % 1e9);
const TIMES = 30_000;
/** Waits before the measure begins: code is compiled, and tables have grown. */
const WARM = 10_000;
/** The least that could stay of each wait. */
const HEAP_SLACK = 12 * TIMES;
/** Slots come by the batch, and more of them if more waits happen to be there at once. */
const SHARED_SLACK = 2 * TIMES;
/** The engine's own tables grow by leaps; what stays of waits is more with each of these. */
const ROUNDS = 5;

let runtime: tokiwa.Runtime;
beforeAll(async () => {
  runtime = await tokiwa.Runtime.create({ flavor: "currentThread" });
});
afterAll(() => runtime.shutdown());

/** For longer than the runtime keeps new ends of channels in mind, and finalisers need. */
const REST_MS = 200;

/** Bytes of both heaps, and slots in use, once nobody waits any more. */
async function memoryAtRest() {
  const { metrics } = runtime;
  await until(() => metrics.aliveTasks === 0 && metrics.pendingWaits === 0);
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
  }
  collectGarbage();
  return {
    heap: process.memoryUsage().heapUsed,
    shared: metrics.memoryBytes,
    slots: metrics.slots,
  };
}

describe(`given up at any point, seed ${SEED}, nothing stays of`, () => {
  test.each(Object.entries(waits))("%s", { timeout: 120_000 }, async (_name, begin) => {
    const random = seeded(SEED);
    await runtime.run(() => giveUp(tokiwa, begin, WARM, random));
    const grown: string[] = [];
    while (grown.length < ROUNDS) {
      const before = await memoryAtRest();
      await runtime.run(() => giveUp(tokiwa, begin, TIMES, random));
      const after = await memoryAtRest();
      expect(after.slots).toEqual(before.slots);
      const shared = after.shared - before.shared;
      const heap = after.heap - before.heap;
      if (shared <= SHARED_SLACK && heap <= HEAP_SLACK) return;
      grown.push(`${heap} and ${shared}`);
    }
    expect.fail(`heap and shared memory grew in every round: by ${grown.join(", ")} bytes`);
  });
});
