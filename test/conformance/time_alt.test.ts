/**
 * Tokio's `time_alt.rs`. There it compares two ways of keeping timers; here there is one, which is
 * asked on every flavor of runtime.
 */
import { type Runtime, spawn } from "tokiwa";
import { ElapsedError } from "tokiwa/error";
import { Instant, sleep, timeout } from "tokiwa/time";
import { describe, expect, test } from "vitest";
import { rejection } from "../support/waiting.ts";
import { onEveryFlavor, runtimesOf } from "./flavors.ts";

const SLEEPERS = 512;

/** A sleep made in one runtime and moved from another ends in the first. */
async function resetElsewhere(own: Runtime, other: Runtime): Promise<void> {
  const { nap } = await own.run(async () => ({ nap: sleep(60_000) }));
  const waiting = own.spawn(async () => nap);
  await other.run(async () => spawn(async () => nap.reset(Instant.now().add(10))));
  await other.shutdown();
  await waiting;
  expect(nap.isElapsed).toBe(true);
}

describe("time_alt", () => {
  onEveryFlavor((make) => {
    test("sleep", async () => {
      const runtime = await make();
      const naps = Array.from({ length: SLEEPERS }, () =>
        runtime.spawn(async () => {
          const start = Instant.now();
          await sleep(10);
          return start.elapsed();
        }),
      );
      for (const nap of naps) expect(await nap).toBeGreaterThanOrEqual(10);
    });

    test("timeout", async () => {
      const runtime = await make();
      const waits = Array.from({ length: SLEEPERS }, () =>
        runtime.spawn(async () => {
          const start = Instant.now();
          const error = await rejection(timeout(10, new Promise(() => {})));
          expect(error).toBeInstanceOf(ElapsedError);
          return start.elapsed();
        }),
      );
      for (const wait of waits) expect(await wait).toBeGreaterThanOrEqual(10);
    });

    test("reset_should_stay_on_same_runtime", async () => {
      await resetElsewhere(await make(), await make());
    });
  });

  const makeOne = runtimesOf({ flavor: "currentThread" });
  test("reset_should_stay_on_same_runtime2", async () => {
    await resetElsewhere(await makeOne(), await makeOne());
  });
});
