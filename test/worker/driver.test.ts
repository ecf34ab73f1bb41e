import { sleep } from "tokiwa";
import { expect, test } from "vitest";
import { runtimesOf } from "../conformance/flavors.ts";
import { sleepWhenDue } from "./fixtures/driver.mjs";

const make = runtimesOf({ workerThreads: 1 });

/** Long enough that the beginning of it and its end cannot be taken for each other. */
const SLEEP_MS = 900;

test("a driver visits its event loop before a sleep, and not after it", async () => {
  const runtime = await make();
  expect(await runtime.spawn(sleepWhenDue, SLEEP_MS)).toBeLessThan(SLEEP_MS / 2);
});

test("every sleep has its two hooks, also one inside of blockOn", async () => {
  const calls: string[] = [];
  const hooks = {
    onThreadPark: () => calls.push("park"),
    onThreadUnpark: () => calls.push("unpark"),
  };
  const runtime = await make({ hooks });
  await runtime.run(async () => sleep(10));
  runtime.blockOn(() => sleep(10));
  await runtime.shutdown();
  expect(calls.length).toBeGreaterThanOrEqual(4);
  expect(calls).toEqual(calls.map((_, index) => (index % 2 === 0 ? "park" : "unpark")));
});
