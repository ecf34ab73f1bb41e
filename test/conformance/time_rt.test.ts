/** Tokio's `time_rt.rs`: timers on every kind of runtime. */
import { Instant, type Runtime, sleep, sleepUntil, spawn, timeout } from "tokiwa";
import { describe, expect, test } from "vitest";
import { rejection } from "../support/waiting.ts";
import * as portable from "./fixtures/tasks.mjs";
import { runtimesOf } from "./flavors.ts";

describe("time_rt", () => {
  const make = runtimesOf();

  test("timer_with_threaded_runtime", async () => {
    const runtime = await make({ workerThreads: 2 });
    const begin = performance.now();
    const naps = [20, 35, 50].map(async (ms) => {
      await runtime.spawn(portable.nap, ms);
      return performance.now() - begin - ms;
    });
    for (const lateness of await Promise.all(naps)) expect(lateness).toBeGreaterThanOrEqual(0);
  });

  test("timer_with_current_thread_scheduler", async () => {
    const runtime = await make({ flavor: "currentThread" });
    const lateness = await runtime.spawn(async () => {
      const due = Instant.now().add(50);
      await sleepUntil(due);
      return Instant.now().valueOf() - due.valueOf();
    });
    expect(lateness).toBeGreaterThanOrEqual(0);
  });

  test("starving", async () => {
    const runtime = await make({ flavor: "currentThread" });
    await runtime.run(async () => {
      const sleeping = spawn(async () => sleep(20));
      // Wakes itself by way of a neighbour, so that neither of the two ever sleeps.
      const restless = spawn(function* () {
        while (!sleeping.isFinished) yield* spawn(async () => {});
      });
      await restless;
    });
  });

  test("timeout_value", async () => {
    const begin = performance.now();
    const error = await rejection(timeout(20, new Promise(() => {})));
    expect(error).toMatchObject({ name: "ElapsedError" });
    expect(performance.now() - begin).toBeGreaterThanOrEqual(20);
  });

  test("tickspace", async () => {
    // Made while one runtime keeps the time, moved from another that is younger: its own clock.
    const first = await make({ flavor: "currentThread" });
    const begin = performance.now();
    const sleeping = await first.run(async () => ({ sleep: sleep(1e6) }));
    const second: Runtime = await make({ flavor: "currentThread" });
    await second.run(async () => sleeping.sleep.reset(Instant.now().add(30)));
    await first.run(async () => sleeping.sleep);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(30);
    expect(sleeping.sleep.isElapsed).toBe(true);
  });
});
