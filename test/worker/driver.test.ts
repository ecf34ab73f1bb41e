import { sleep } from "tokiwa";
import { TcpListener } from "tokiwa/net";
import { expect, test } from "vitest";
import { runtimesOf } from "../conformance/flavors.ts";
import { deferred } from "../support/waiting.ts";
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

test("a promise that the hook before a sleep settles is not slept on", async () => {
  let woken = deferred();
  const runtime = await make({ hooks: { onThreadPark: () => woken.resolve() } });
  await runtime.run(async () => {
    // With a socket open, the thread sleeps in the reactor, and not in its event loop.
    using _listener = await TcpListener.bind("127.0.0.1:0");
    const begin = performance.now();
    for (let round = 0; round < 5; round++) {
      await sleep(1);
      woken = deferred();
      await woken.promise;
    }
    expect(performance.now() - begin).toBeLessThan(SLEEP_MS);
  });
});
