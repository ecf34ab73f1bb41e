/**
 * Tokio's `task_local_set.rs`. Every closure stays on its worker here, and runs whether or not its
 * set is driven.
 */
import {
  consumeBudget,
  hasBudgetRemaining,
  LocalSet,
  mpsc,
  Notify,
  oneshot,
  type Runtime,
  sleep,
  spawnBlocking,
  spawnLocal,
  tryTaskId,
  workerIndex,
  yieldNow,
} from "tokiwa";
import { join, PENDING, pending, pollFn } from "tokiwa/future";
import { describe, expect, test as plain } from "vitest";
import { rejection } from "../support/waiting.ts";
import { cannot } from "./cannot.ts";
import { echo } from "./fixtures/tasks.mjs";
import { runtimesOf } from "./flavors.ts";

describe("task_local_set", () => {
  const make = {
    currentThread: runtimesOf({ flavor: "currentThread" }),
    threads: runtimesOf({ workerThreads: 2 }),
  };

  /** A test on a runtime with more than one thread, unless it is to have one. */
  function test(name: string, body: () => Promise<void>, flavor: keyof typeof make = "threads") {
    plain(name, async () => {
      const runtime: Runtime = await make[flavor]();
      await runtime.run(body);
    });
  }

  test(
    "local_current_thread_scheduler",
    async () => {
      using set = new LocalSet();
      expect(await set.runUntil(() => spawnLocal(async () => 5))).toBe(5);
    },
    "currentThread",
  );

  test("local_threadpool", async () => {
    using set = new LocalSet();
    const here = workerIndex();
    expect(await set.runUntil(() => spawnLocal(async () => workerIndex()))).toBe(here);
  });

  test("localset_future_threadpool", async () => {
    using set = new LocalSet();
    const seen: unknown[] = [];
    set.spawnLocal(async () => seen.push(workerIndex()));
    await set.done();
    expect(seen).toEqual([workerIndex()]);
  });

  test("localset_future_timers", async () => {
    using set = new LocalSet();
    const seen: number[] = [];
    for (const ms of [4, 2]) {
      set.spawnLocal(function* () {
        yield* sleep(ms);
        seen.push(ms);
      });
    }
    await set.done();
    expect(seen).toEqual([2, 4]);
  });

  test("localset_future_drives_all_local_futs", async () => {
    using set = new LocalSet();
    const seen: number[] = [];
    set.spawnLocal(async () => {
      spawnLocal(async () => {
        await yieldNow();
        spawnLocal(async () => seen.push(3));
        seen.push(2);
      });
      seen.push(1);
    });
    await set.done();
    expect(seen).toEqual([1, 2, 3]);
    expect(set.size).toBe(0);
  });

  test("local_threadpool_timer", async () => {
    using set = new LocalSet();
    const here = workerIndex();
    const seen = await set.runUntil(() =>
      spawnLocal(async () => {
        await sleep(2);
        return workerIndex();
      }),
    );
    expect(seen).toBe(here);
  });

  test("enter_guard_spawn", async () => {
    using set = new LocalSet();
    const enter = () => {
      using _inside = set.enter();
      return spawnLocal(async () => 5);
    };
    const task = enter();
    expect(set.size).toBe(1);
    expect(await task).toBe(5);
    expect(() => spawnLocal(async () => {})).toThrow("no LocalSet is around this");
  });

  const NO_BLOCKING = "a worker cannot hand its other tasks to another thread: no blockInPlace";
  cannot("block_in_place_cases::local_threadpool_blocking_in_place", NO_BLOCKING);
  cannot("block_in_place_cases::block_in_place_in_run_until_mt", NO_BLOCKING);
  cannot("block_in_place_cases::block_in_place_in_spawn_local_mt", NO_BLOCKING);
  cannot("block_in_place_cases::block_in_place_in_run_until_ct", NO_BLOCKING);
  cannot("block_in_place_cases::block_in_place_in_spawn_local_ct", NO_BLOCKING);

  test("local_threadpool_blocking_run", async () => {
    using set = new LocalSet();
    const here = workerIndex();
    const task = set.spawnLocal(async () => {
      const three = await spawnBlocking(echo, 3);
      return [three, workerIndex()];
    });
    expect(await task).toEqual([3, here]);
  });

  test("all_spawns_are_local", async () => {
    using set = new LocalSet();
    const tasks = Array.from({ length: 128 }, () => set.spawnLocal(async () => workerIndex()));
    expect(new Set(await join(tasks))).toEqual(new Set([workerIndex()]));
  });

  test("nested_spawn_is_local", async () => {
    using set = new LocalSet();
    const nested = (level: number): Promise<unknown> =>
      level === 0
        ? Promise.resolve([workerIndex(), tryTaskId() !== undefined])
        : Promise.resolve(spawnLocal(() => nested(level - 1)));
    expect(await set.runUntil(() => nested(4))).toEqual([workerIndex(), true]);
  });

  test("drop_cancels_tasks", async () => {
    const ended: string[] = [];
    const set = new LocalSet();
    set.spawnLocal(async () => {
      try {
        await sleep(60_000);
      } finally {
        ended.push("task");
      }
    });
    await yieldNow();
    set[Symbol.dispose]();
    while (ended.length === 0) await yieldNow();
  });

  test("drop_cancels_remote_tasks", async () => {
    const { sender, receiver } = mpsc.unboundedChannel<number>();
    const set = new LocalSet();
    set.spawnLocal(async () => {
      using own = receiver;
      while ((await own.recv()) !== undefined);
    });
    await yieldNow();
    sender.send(1);
    set[Symbol.dispose]();
    while (!sender.isClosed) await yieldNow();
  });

  test("local_tasks_wake_join_all", async () => {
    using set = new LocalSet();
    await set.runUntil(async () => {
      const tasks = Array.from({ length: 128 }, () =>
        spawnLocal(async () => {
          await spawnLocal(() => yieldNow());
        }),
      );
      await join(tasks);
    });
  });

  test("local_tasks_are_polled_after_tick", async () => {
    using set = new LocalSet();
    const { sender, receiver } = mpsc.unboundedChannel<number>();
    let [started, done] = [0, 0];
    set.spawnLocal(async () => {
      for await (const _message of receiver) {
        spawnLocal(async () => {
          started += 1;
          await sleep(1);
          done += 1;
        });
      }
    });
    for (let message = 0; message < 500; message++) sender.send(message);
    sender[Symbol.dispose]();
    await set.done();
    expect([started, done]).toEqual([500, 500]);
  });

  test("acquire_mutex_in_drop", async () => {
    const set = new LocalSet();
    const [first, second] = [oneshot.channel<void>(), oneshot.channel<void>()];
    set.spawnLocal(async () => {
      using _tellsSecond = second.sender;
      await first.receiver.recv();
    });
    set.spawnLocal(async () => {
      using _tellsFirst = first.sender;
      await second.receiver.recv();
    });
    await yieldNow();
    set[Symbol.dispose]();
    expect(set.size).toBe(0);
    await yieldNow();
  });

  test("spawn_wakes_localset", async () => {
    using set = new LocalSet();
    const notify = new Notify();
    set.spawnLocal(() => notify.notified());
    const driving = Promise.resolve(set.done());
    await yieldNow();
    const later = set.spawnLocal(async () => notify.notifyOne());
    await driving;
    expect(later.isFinished).toBe(true);
  });

  test("sleep_with_local_enter_guard", async () => {
    using set = new LocalSet();
    using _inside = set.enter();
    await set.runUntil(async () => {
      await spawnLocal(() => sleep(0));
    });
  });

  test("unstable::shutdown_on_panic", async () => {
    const PANIC = { isPanic: true, cause: new Error("boom") };
    const failing = async () => {
      throw new Error("boom");
    };
    const set = new LocalSet({ unhandledPanic: "shutdownRuntime" });
    const others = set.spawnLocal(() => sleep(1e9));
    const ended = rejection(others);
    set.spawnLocal(failing);
    expect(await rejection(set.runUntil(pending()))).toMatchObject(PANIC);
    expect(await ended).toMatchObject({ isCancelled: true });
    expect(await rejection(set.done())).toMatchObject(PANIC);
    using lenient = new LocalSet();
    const handle = lenient.spawnLocal(failing);
    expect(await lenient.runUntil(async () => await rejection(handle))).toMatchObject(PANIC);
    await lenient.done();
  });

  test("unstable::run_until_does_not_get_own_budget", async () => {
    using set = new LocalSet();
    let [isFresh, budgetOfTask] = [false, false];
    const spent = await pollFn((waker) => {
      if (!isFresh) {
        isFresh = true;
        waker.defer();
        return PENDING;
      }
      while (hasBudgetRemaining()) consumeBudget().poll(waker);
      return set.runUntil(pollFn(() => !hasBudgetRemaining())).poll(waker);
    });
    await set.spawnLocal(async () => {
      budgetOfTask = hasBudgetRemaining();
    });
    expect([spent, budgetOfTask]).toEqual([true, true]);
  });
});
