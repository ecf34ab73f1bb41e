/**
 * Tokio's `rt_basic.rs`: the runtime of one thread. "In drop" is the `finally` block that runs when
 * the runtime shuts down.
 */
import { Handle, sleep, spawn, timeout, yieldNow } from "tokiwa";
import { describe, expect, test } from "vitest";
import { deferred, rejection, turns, until } from "../support/waiting.ts";
import { cannot } from "./cannot.ts";
import * as portable from "./fixtures/tasks.mjs";
import { runtimesOf } from "./flavors.ts";

describe("rt_basic", () => {
  const make = runtimesOf({ flavor: "currentThread" });

  test("acquire_mutex_in_drop", async () => {
    const runtime = await make();
    const [first, second] = [deferred(), deferred()];
    const ended: number[] = [];
    runtime.spawn(async () => {
      try {
        await sleep(1e9);
      } finally {
        first.resolve();
        await second.promise;
        ended.push(1);
      }
    });
    runtime.spawn(async () => {
      try {
        await sleep(1e9);
      } finally {
        await first.promise;
        second.resolve();
        ended.push(2);
      }
    });
    await turns();
    await runtime.shutdown();
    expect(ended.sort()).toEqual([1, 2]);
  });

  test("drop_tasks_in_context", async () => {
    const runtime = await make();
    const ids: number[] = [];
    for (const body of [
      async () => {
        try {
          await sleep(1e9);
        } finally {
          ids.push(Handle.current().id);
        }
      },
      function* () {
        try {
          yield* sleep(1e9);
        } finally {
          ids.push(Handle.current().id);
        }
      },
    ]) {
      runtime.spawn(body as () => Promise<void>);
    }
    await turns();
    await runtime.shutdown();
    expect(ids).toEqual([runtime.id, runtime.id]);
  });

  test("wake_in_drop_after_panic", async () => {
    const runtime = await make();
    const woken = deferred();
    const waiting = runtime.spawn(async () => woken.promise);
    runtime.spawn(async () => {
      try {
        await sleep(1e9);
      } finally {
        woken.resolve();
      }
    });
    expect(() =>
      runtime.blockOn(function* () {
        yield* yieldNow();
        throw new Error("boom");
      }),
    ).toThrow("boom");
    await runtime.shutdown();
    await waiting.then(
      () => {},
      (error) => expect(error).toMatchObject({ isCancelled: true }),
    );
  });

  test("spawn_remote", async () => {
    const runtime = await make();
    const before = runtime.metrics.remoteSchedules;
    expect(await runtime.spawnBlocking(portable.spawnFromBlocking)).toBe("hello");
    expect(runtime.metrics.remoteSchedules - before).toBeGreaterThanOrEqual(1);
    expect(runtime.metrics.worker(0).localSchedules).toBe(0);
  });

  test("timeout_panics_when_no_time_handle", async () => {
    const runtime = await make({ drivers: { io: true } });
    const error = await rejection(runtime.run(async () => timeout(5, new Promise(() => {}))));
    expect((error as Error).message).toMatch(/^Cannot .*: time is disabled on this runtime$/);
  });

  test("default_runtime_name_should_be_none", async () => {
    expect((await make()).name).toBeUndefined();
  });

  test("unstable::shutdown_on_panic", async () => {
    const reports: unknown[] = [];
    const runtime = await make({
      unhandledPanic: "shutdownRuntime",
      onUnhandledPanic: (error) => reports.push(error.cause),
    });
    const waiting = runtime.spawn(async () => sleep(1e9));
    runtime.spawn(async () => {
      throw new Error("boom");
    });
    expect(await rejection(waiting)).toMatchObject({ isCancelled: true });
    expect(reports).toMatchObject([{ message: "boom" }]);
  });

  test("unstable::spawns_do_nothing", async () => {
    const runtime = await make({
      unhandledPanic: "shutdownRuntime",
      onUnhandledPanic: () => {},
    });
    const waiting = runtime.spawn(async () => sleep(1e9));
    runtime.spawn(async () => {
      throw new Error("boom");
    });
    await rejection(waiting);
    let hasRun = false;
    const late = runtime.spawn(async () => {
      hasRun = true;
    });
    expect(await rejection(late)).toMatchObject({ isCancelled: true });
    expect(await rejection(runtime.spawn(portable.echo, 1))).toMatchObject({ isCancelled: true });
    expect(hasRun).toBe(false);
  });

  test("unstable::rng_seed_multi_enter", async () => {
    // Every runtime of one seed takes the same turns: here, the same order of many tasks.
    const orders: number[][] = [];
    for (let round = 0; round < 2; round++) {
      const runtime = await make({ rngSeed: "bright day" });
      const order: number[] = [];
      const handles = Array.from({ length: 100 }, (_, index) =>
        runtime.spawn(async () => {
          for (let step = 0; step < index % 5; step++) await yieldNow();
          order.push(index);
        }),
      );
      for (const handle of handles) await handle;
      orders.push(order);
    }
    expect(orders[0]).toEqual(orders[1]);
  });

  test("before_park_yields", async () => {
    let wake: (() => void) | undefined;
    const runtime = await make({ hooks: { onThreadPark: () => wake?.() } });
    const parked = deferred();
    wake = () => parked.resolve();
    await runtime.run(async () => spawn(async () => parked.promise));
    wake = undefined;
    await until(() => runtime.metrics.aliveTasks === 0);
  });

  cannot(
    "spawned_task_does_not_progress_without_block_on",
    "the event loop turns the runtime by itself",
  );
  cannot("unstable::shutdown_all_concurrent_block_on", "one thread blocks on a runtime at a time");
});
