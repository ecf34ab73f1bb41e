/**
 * Tokio's `rt_common_before_park.rs`: what the hook before a sleep sets going must not be slept on.
 * "From another thread" is a portable task, and "block_on" the `run` that its thread sleeps under.
 */
import { sleep, spawn, yieldNow } from "tokiwa";
import { describe, expect, test } from "vitest";
import { deferred } from "../support/waiting.ts";
import * as portable from "./fixtures/tasks.mjs";
import { onEveryFlavor } from "./flavors.ts";

describe("rt_common_before_park", () => {
  onEveryFlavor((make) => {
    test("before_park_wakes_block_on_task", async () => {
      const woken = deferred();
      const runtime = await make({ hooks: { onThreadPark: () => woken.resolve() } });
      await runtime.run(async () => woken.promise);
    });

    test("before_park_spawns_task", async () => {
      const done = deferred();
      let spawnOne: (() => void) | undefined;
      const runtime = await make({ hooks: { onThreadPark: () => spawnOne?.() } });
      spawnOne = () => {
        spawnOne = undefined;
        runtime.spawn(async () => done.resolve());
      };
      await runtime.run(async () => {
        // The thread sleeps for this one, and finds the other on the way.
        const waiting = spawn(async () => sleep(1e6));
        await done.promise;
        waiting.abort();
      });
    });

    test("wake_from_other_thread_block_on", async () => {
      let parks = 0;
      const runtime = await make({ hooks: { onThreadPark: () => (parks += 1) } });
      expect(await runtime.run(async () => spawn(portable.nap, 20))).toBeGreaterThan(0);
      expect(parks).toBeGreaterThan(0);
    });

    test("before_park_does_not_stall_spawned_timer", async () => {
      let spawnOne: (() => void) | undefined;
      const runtime = await make({ hooks: { onThreadPark: () => spawnOne?.() } });
      const sleeping = runtime.spawn(async () => sleep(50));
      spawnOne = () => void runtime.spawn(noop);
      while (!sleeping.isFinished) {
        runtime.blockOn(function* () {
          yield* yieldNow();
        });
        await new Promise((resolve) => setImmediate(resolve));
      }
      spawnOne = undefined;
      await sleeping;
    });
  });
});

async function noop() {}
