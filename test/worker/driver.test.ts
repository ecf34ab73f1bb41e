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
