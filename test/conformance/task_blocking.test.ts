/** Tokio's `task_blocking.rs`. There is no `block_in_place`. */
import { Runtime, spawnBlocking } from "tokiwa";
import { testWith } from "tokiwa/test";
import { Instant, timeout } from "tokiwa/time";
import { describe, expect, test } from "vitest";
import { rejection } from "../support/waiting.ts";
import { cannot } from "./cannot.ts";
import * as portable from "./fixtures/tasks.mjs";
import { onEveryFlavor } from "./flavors.ts";

const paused = testWith(test);
const PAUSED = { startPaused: true };

describe("task_blocking", () => {
  onEveryFlavor((make) => {
    test("basic_blocking", async () => {
      const runtime = await make();
      for (let round = 0; round < 100; round++) {
        const out = runtime.spawn(async () => spawnBlocking(portable.echo, round));
        expect(await out).toBe(round);
      }
    });

    test("useful_panic_message_when_dropping_rt_in_rt", async () => {
      const runtime = await make();
      const error = await rejection(runtime.spawn(async () => runtime.shutdown()));
      expect((error as Error).message).toContain("one of its own tasks asks");
    });

    test("can_shutdown_with_zero_timeout_in_runtime", async () => {
      const outer = await make();
      await outer.spawn(async () => {
        const inner = await Runtime.create({ flavor: "currentThread" });
        await inner.shutdown({ timeout: 0 });
      });
    });

    test("can_shutdown_now_in_runtime", async () => {
      const outer = await make();
      await outer.spawn(async () => {
        const inner = await Runtime.create({ flavor: "currentThread" });
        await inner.shutdown({ background: true });
      });
    });
  });

  paused("blocking_when_paused", PAUSED, async () => {
    const start = Instant.now();
    expect(await timeout(1, spawnBlocking(portable.blockFor, 20))).toBeGreaterThanOrEqual(20);
    expect(start.elapsed()).toBe(0);
  });

  paused("blocking_task_wakes_paused_runtime", PAUSED, async () => {
    const begin = performance.now();
    await spawnBlocking(portable.blockFor, 1);
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  cannot("block_in_blocking", "there is no block_in_place");
  cannot("block_in_block", "there is no block_in_place");
  cannot("no_block_in_current_thread_scheduler", "there is no block_in_place");
  cannot("no_block_in_current_thread_block_on", "there is no block_in_place");
  cannot("can_enter_current_thread_rt_from_within_block_in_place", "there is no block_in_place");
  cannot("coop_disabled_in_block_in_place_in_block_on", "there is no block_in_place");
});
