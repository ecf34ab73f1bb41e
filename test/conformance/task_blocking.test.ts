/**
 * Tokio's `task_blocking.rs`, and `rt_worker_index.rs` and `rt_spawn_blocking.rs`.
 *
 * There is no `block_in_place` (a worker's JavaScript cannot be given to another thread), so
 * block_in_blocking, block_in_block, no_block_in_current_thread_*,
 * can_enter_current_thread_rt_from_within_block_in_place and coop_disabled_in_block_in_place* have
 * nothing to test. blocking_when_paused and blocking_task_wakes_paused_runtime need the paused
 * clock of the sync issue.
 */
import { Runtime, spawn, spawnBlocking, workerIndex, yieldNow } from "tokiwa";
import { describe, expect, test } from "vitest";
import { rejection } from "../support/waiting.ts";
import * as portable from "./fixtures/tasks.mjs";
import { onEveryFlavor, runtimesOf } from "./flavors.ts";

describe("task_blocking", () => {
  onEveryFlavor((make) => {
    test("basic_blocking", async () => {
      const runtime = await make();
      for (let round = 0; round < 100; round++) {
        const out = runtime.spawn(async () => spawnBlocking(portable.echo, round));
        expect(await out).toBe(round);
      }
    });

    test("issue_8056_regression_test", async () => {
      const runtime = await make({ blockingKeepAlive: 1, maxBlockingThreads: 2 });
      for (let round = 0; round < 30; round++) {
        expect(await runtime.spawnBlocking(portable.echo, round)).toBe(round);
        await runtime.spawn(portable.nap, round % 3);
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
});

describe("rt_worker_index", () => {
  const make = runtimesOf();

  test("worker_index_current_thread", async () => {
    const runtime = await make({ flavor: "currentThread" });
    expect(
      runtime.blockOn(function* () {
        yield* yieldNow();
        return workerIndex();
      }),
    ).toBe(0);
    expect(await runtime.spawn(async () => workerIndex())).toBe(0);
  });

  test("worker_index_multi_thread", async () => {
    const runtime = await make({ workerThreads: 2 });
    const { worker } = await runtime.spawn(portable.where);
    expect([0, 1]).toContain(worker);
  });

  test("worker_index_outside_runtime", () => {
    expect(workerIndex()).toBeUndefined();
  });

  test("worker_index_from_spawn_blocking", async () => {
    const runtime = await make({ workerThreads: 2 });
    expect((await runtime.spawnBlocking(portable.where)).worker).toBeUndefined();
  });

  test("worker_index_block_on_multi_thread", async () => {
    const runtime = await make({ workerThreads: 2 });
    expect(await runtime.run(async () => spawn(async () => workerIndex()))).toBeUndefined();
  });
});
