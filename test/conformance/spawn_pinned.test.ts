/** tokio-util's `spawn_pinned.rs`. What makes a future there is a portable task here. */
import { JoinError, LocalPool, Semaphore } from "tokiwa";
import { describe, expect, test } from "vitest";
import { rejection, until } from "../support/waiting.ts";
import * as portable from "./fixtures/tasks.mjs";
import { runtimesOf } from "./flavors.ts";

describe("spawn_pinned", () => {
  const make = runtimesOf({ workerThreads: 2 });

  test("can_spawn_not_send_future", async () => {
    const runtime = await make();
    await runtime.run(async () => {
      // Its closures cannot leave the worker on which it makes them.
      expect(await new LocalPool(1).spawnPinned(portable.fanLocal, 3)).toBe(3);
    });
  });

  test("can_drop_future_and_still_get_output", async () => {
    const runtime = await make();
    await runtime.run(async () => {
      const entered = new Semaphore(0);
      new LocalPool(1).spawnPinned(portable.permit, entered)[Symbol.dispose]();
      using _permit = await entered.acquire();
    });
  });

  test("cannot_create_zero_sized_pool", async () => {
    const runtime = await make();
    await runtime.run(async () => {
      expect(() => new LocalPool(0)).toThrow("size must be a whole number from 1 to 2, got 0");
      expect(() => new LocalPool(3)).toThrow(RangeError);
    });
  });

  test("can_spawn_multiple_futures", async () => {
    const runtime = await make();
    await runtime.run(async () => {
      const pool = new LocalPool(2);
      const first = pool.spawnPinned(portable.echo, "first");
      const second = pool.spawnPinned(portable.echo, "second");
      expect([await first, await second]).toEqual(["first", "second"]);
    });
  });

  test("task_panic_propagates", async () => {
    const runtime = await make();
    await runtime.run(async () => {
      const pool = new LocalPool(1);
      const error = await rejection(pool.spawnPinned(portable.failLate, "late"));
      expect(error).toBeInstanceOf(JoinError);
      expect(error).toMatchObject({ isPanic: true, cause: { message: "late" } });
      expect(await pool.spawnPinned(portable.echo, "still there")).toBe("still there");
    });
  });

  test("callback_panic_does_not_kill_worker", async () => {
    const runtime = await make();
    await runtime.run(async () => {
      const pool = new LocalPool(1);
      const error = await rejection(pool.spawnPinned(portable.fail, "at once"));
      expect(error).toMatchObject({ isPanic: true, cause: { message: "at once" } });
      expect(await pool.spawnPinned(portable.echo, "still there")).toBe("still there");
    });
  });

  test("task_cancellation_propagates", async () => {
    const runtime = await make();
    await runtime.run(async () => {
      const pool = new LocalPool(1);
      const [begun, ended] = [new Semaphore(0), new Semaphore(0)];
      const handle = pool.spawnPinned(portable.waitForever, begun, ended);
      (await begun.acquire()).forget();
      handle.abort();
      expect(await rejection(handle)).toMatchObject({ isCancelled: true });
      using _permit = await ended.acquire(); // Its `finally` has run.
      expect(pool.loads).toEqual([0]);
    });
  });

  test("tasks_are_balanced", async () => {
    const runtime = await make();
    await runtime.run(async () => {
      const pool = new LocalPool(2);
      const [begun, ended] = [new Semaphore(0), new Semaphore(0)];
      const stuck = pool.spawnPinned(portable.waitForever, begun, ended);
      expect(pool.loads).toEqual([1, 0]);
      expect(await pool.spawnPinned(portable.where)).toMatchObject({ worker: 1 });
      await until(() => pool.loads[1] === 0);
      expect(pool.loads).toEqual([1, 0]);
      stuck.abort();
      await rejection(stuck);
    });
  });

  test("spawn_by_idx", async () => {
    const runtime = await make();
    await runtime.run(async () => {
      const pool = new LocalPool(2);
      const [begun, ended] = [new Semaphore(0), new Semaphore(0)];
      const stuck = [0, 0, 1].map((index) =>
        pool.spawnPinnedByIndex(index, portable.waitForever, begun, ended),
      );
      expect([pool.size, pool.loads]).toEqual([2, [2, 1]]);
      for (const index of [0, 1]) {
        const found = await pool.spawnPinnedByIndex(index, portable.where);
        expect(found).toMatchObject({ worker: index });
      }
      for (const handle of stuck) {
        handle.abort();
        await rejection(handle);
      }
      expect(pool.loads).toEqual([0, 0]);
      expect(() => pool.spawnPinnedByIndex(2, portable.echo, 1)).toThrow(RangeError);
      expect(() => pool.spawnPinned((() => 1) as never)).toThrow("expected a portable task");
    });
  });
});
