/**
 * Tokio's `rt_threaded.rs`: the runtime of several threads.
 *
 * There is no `block_in_place`: a worker's JavaScript cannot be given to another thread. `blocking`
 * and `hang_on_shutdown` use the pool.
 */
import { type JoinHandle, type Runtime, sleep, spawn, spawnBlocking, yieldNow } from "tokiwa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Gate } from "../support/gate.ts";
import { deferred, Mailbox, rejection, turns, until } from "../support/waiting.ts";
import { cannot } from "./cannot.ts";
import * as portable from "./fixtures/tasks.mjs";
import { runtimesOf } from "./flavors.ts";

let gate: Gate;
beforeEach(() => {
  gate = new Gate();
});
afterEach(() => gate.open());

describe("rt_threaded", () => {
  const make = runtimesOf({ workerThreads: 4 });

  test("single_thread", async () => {
    const runtime = await make({ workerThreads: 1 });
    expect(await runtime.spawn(portable.echo, 1)).toBe(1);
    expect(runtime.metrics.workers).toBe(1);
  });

  test("many_oneshot_futures", async () => {
    for (let round = 0; round < 5; round++) {
      const runtime = await make();
      const handles = Array.from({ length: 1000 }, (_, index) =>
        runtime.spawn(portable.echo, index),
      );
      for (const [index, handle] of handles.entries()) expect(await handle).toBe(index);
      await runtime.shutdown();
    }
  });

  test("spawn_two", async () => {
    const runtime = await make({ workerThreads: 1 });
    expect(await runtime.spawn(portable.fan, 1)).toBe(0);
    expect(runtime.metrics.remoteSchedules).toBeGreaterThanOrEqual(1);
    expect(runtime.metrics.worker(0).localSchedules).toBeGreaterThanOrEqual(1);
  });

  test("many_multishot_futures", async () => {
    const runtime = await make();
    await runtime.run(async () => {
      const tracks = Array.from({ length: 50 }, (_, track) => {
        const boxes = Array.from({ length: 201 }, () => new Mailbox<number>());
        for (let link = 0; link < 200; link++) {
          const [from, to] = [boxes[link], boxes[link + 1]] as [Mailbox<number>, Mailbox<number>];
          spawn(async () => {
            for (let cycle = 0; cycle < 5; cycle++) to.send(await from.receive());
          });
        }
        return { track, first: boxes[0], last: boxes[200] };
      });
      for (let cycle = 0; cycle < 5; cycle++) {
        for (const { track, first } of tracks) first?.send(track * 10 + cycle);
        for (const { track, last } of tracks)
          expect(await last?.receive()).toBe(track * 10 + cycle);
      }
    });
  });

  test("lifo_slot_budget", async () => {
    const runtime = await make({ workerThreads: 1 });
    runtime.spawn(portable.respawn, gate.path).detach();
    runtime.spawn(portable.respawn, gate.path).detach();
    expect(await runtime.spawn(portable.echo, "passed")).toBe("passed");
  });

  test("spawn_shutdown", async () => {
    const runtime = await make();
    const handles = Array.from({ length: 50 }, (_, index) =>
      runtime.spawn(portable.nap, index % 5),
    );
    for (const handle of handles) await handle;
    await runtime.shutdown();
    expect(runtime.metrics.aliveTasks).toBe(0);
    expect(await rejection(runtime.spawn(portable.echo, 1))).toMatchObject({ isCancelled: true });
  });

  test("drop_threadpool_drops_futures", async () => {
    for (let round = 0; round < 5; round++) {
      const seen: string[] = [];
      const runtime = await make({
        hooks: {
          onThreadStart: ({ name }) => seen.push(`start ${name}`),
          onThreadStop: ({ name }) => seen.push(`stop ${name}`),
        },
      });
      let drops = 0;
      const task = runtime.spawn(async () => {
        try {
          await sleep(1e9);
        } finally {
          drops += 1;
        }
      });
      const ported = runtime.spawn(portable.nap, 1e9);
      await turns();
      await runtime.shutdown();
      expect(await rejection(task)).toMatchObject({ isCancelled: true });
      expect(await rejection(ported)).toMatchObject({ isCancelled: true });
      expect(drops).toBe(1);
      const names = (word: string) =>
        seen
          .filter((line) => line.startsWith(word))
          .map((line) => line.slice(word.length))
          .sort();
      expect(names("start ")).toHaveLength(4);
      expect(names("stop ")).toEqual(names("start "));
    }
  });

  test("start_stop_callbacks_called", async () => {
    let [starts, stops] = [0, 0];
    const runtime = await make({
      hooks: {
        onThreadStart: () => {
          starts += 1;
        },
        onThreadStop: () => {
          stops += 1;
        },
      },
    });
    await runtime.spawnBlocking(portable.echo, 1);
    await runtime.shutdown();
    expect([starts, stops]).toEqual([5, 5]);
  });

  test("blocking", async () => {
    const runtime = await make();
    const held = [0, 1, 2, 3].map((index) =>
      runtime.spawnBlocking(portable.hold, gate.mark(`holds-${index}`), gate.path),
    );
    await until(() => [0, 1, 2, 3].every((index) => gate.hasMark(`holds-${index}`)));
    const handles = Array.from({ length: 1000 }, (_, index) => runtime.spawn(portable.echo, index));
    for (const [index, handle] of handles.entries()) expect(await handle).toBe(index);
    gate.open();
    for (const job of held) await job;
  });

  test("multi_threadpool", async () => {
    const [first, second] = [await make(), await make()];
    const [ping, done] = [deferred(), deferred<string>()];
    first.spawn(async () => {
      await ping.promise;
      await second.spawn(portable.echo, 1);
      done.resolve("done");
    });
    second.spawn(async () => ping.resolve());
    expect(await done.promise).toBe("done");
    const across = first.spawn(async () => second.spawn(async () => first.spawn(portable.echo, 7)));
    expect(await across).toBe(7);
  });

  test("max_blocking_threads", async () => {
    const runtime = await make({ maxBlockingThreads: 1 });
    const jobs = Array.from({ length: 10 }, (_, index) =>
      runtime.spawnBlocking(portable.echo, index),
    );
    for (const [index, job] of jobs.entries()) expect(await job).toBe(index);
    expect(runtime.metrics.blockingThreads).toBe(1);
  });

  test("max_blocking_threads_set_to_zero", async () => {
    expect(await rejection(make({ maxBlockingThreads: 0 }))).toBeInstanceOf(RangeError);
  });

  test("global_queue_interval_set_to_one", async () => {
    const runtime = await make({ globalQueueInterval: 1 });
    expect(await runtime.spawn(portable.fan, 100)).toBe(4950);
  });

  test("hang_on_shutdown", async () => {
    const runtime = await make();
    runtime.spawnBlocking(portable.hold, gate.mark("holds"), gate.path).detach();
    const sleeping = runtime.spawn(portable.nap, 1e9);
    await until(() => gate.hasMark("holds"));
    const over = runtime.shutdown();
    gate.open();
    await over;
    expect(await rejection(sleeping)).toMatchObject({ isCancelled: true });
  });

  test("wake_during_shutdown", async () => {
    const runtime = await make();
    const woken = deferred();
    const second = runtime.spawn(async () => {
      await woken.promise;
      await yieldNow();
    });
    runtime.spawn(async () => {
      try {
        await sleep(1e9);
      } finally {
        woken.resolve();
      }
    });
    await turns();
    await runtime.shutdown();
    expect(second.isFinished).toBe(true);
  });

  test("different_runtime_names", async () => {
    const [first, second] = [await make({ name: "first" }), await make({ name: "second" })];
    expect([first.name, second.handle.name]).toEqual(["first", "second"]);
  });

  test("unstable::test_disable_lifo_slot", async () => {
    const runtime = await make({ workerThreads: 2, lifoSlot: false });
    const holding = runtime.spawn(portable.spawnAndHold, 1, gate.mark("holds"), gate.path);
    await until(() => gate.hasMark("holds"));
    // Its worker is held; the one task that it spawned can end only elsewhere.
    await until(() => runtime.metrics.aliveTasks === 1);
    gate.open();
    await holding;
  });

  test("unstable::runtime_ids_different", async () => {
    expect((await make()).id).not.toBe((await make()).id);
  });

  test("a_spawn_from_every_thread", async () => {
    const runtime: Runtime = await make();
    await runtime.run(async () => {
      const handles: JoinHandle<unknown>[] = [];
      for (let index = 0; index < 20; index++) {
        handles.push(spawn(portable.fan, 50), spawnBlocking(portable.spawnFromBlocking));
      }
      for (const handle of handles) expect([1225, "hello"]).toContain(await handle);
    });
  });

  cannot("yield_after_block_in_place", "there is no block_in_place");
  cannot("test_block_in_place1", "there is no block_in_place");
  cannot("test_block_in_place2", "there is no block_in_place");
  cannot("test_block_in_place3", "there is no block_in_place");
  cannot("test_block_in_place4", "there is no block_in_place");
  cannot("test_nested_block_in_place_with_block_on_between", "there is no block_in_place");
  cannot("wake_deferred_tasks_before_block_in_place", "there is no block_in_place");
});
