/**
 * Tokio's `rt_unstable_metrics.rs`.
 *
 * io_driver_fd_count and io_driver_ready_count connect to a listener of their own. A turn of the
 * event loop may poll a task that Tokio would not, so counts of parks and polls of portable tasks
 * are lower bounds.
 */
import { consumeBudget, yieldNow } from "tokiwa";
import { TcpListener, TcpStream } from "tokiwa/net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Gate } from "../support/gate.ts";
import { until } from "../support/waiting.ts";
import { cannot } from "./cannot.ts";
import * as portable from "./fixtures/tasks.mjs";
import { runtimesOf } from "./flavors.ts";

let gate: Gate;
beforeEach(() => {
  gate = new Gate();
});
afterEach(() => gate.open());

describe("rt_unstable_metrics", () => {
  const make = runtimesOf();

  test("num_workers", async () => {
    expect((await make({ flavor: "currentThread" })).metrics.workers).toBe(1);
    expect((await make({ workerThreads: 2 })).metrics.workers).toBe(2);
  });

  test("num_blocking_threads", async () => {
    const runtime = await make({ flavor: "currentThread" });
    expect(runtime.metrics.blockingThreads).toBe(0);
    await runtime.spawnBlocking(portable.echo, 1);
    expect(runtime.metrics.blockingThreads).toBe(1);
  });

  test("num_idle_blocking_threads", async () => {
    const runtime = await make({ flavor: "currentThread" });
    expect(runtime.metrics.idleBlockingThreads).toBe(0);
    await runtime.spawnBlocking(portable.echo, 1);
    await until(() => runtime.metrics.idleBlockingThreads === 1);
    // A job that waits for something does not make its thread idle.
    const waiting = runtime.spawnBlocking(portable.waitFor, gate.mark("waits"), gate.path);
    await until(() => gate.hasMark("waits"));
    expect(runtime.metrics.idleBlockingThreads).toBe(0);
    gate.open();
    await waiting;
  });

  test("num_idle_blocking_threads_is_zero_after_shutdown", async () => {
    const runtime = await make({ flavor: "currentThread" });
    await runtime.spawnBlocking(portable.echo, 1);
    await until(() => runtime.metrics.idleBlockingThreads === 1);
    await runtime.shutdown();
    const { idleBlockingThreads, blockingThreads } = runtime.metrics;
    expect([idleBlockingThreads, blockingThreads]).toEqual([0, 0]);
  });

  test("blocking_queue_depth", async () => {
    const runtime = await make({ flavor: "currentThread", maxBlockingThreads: 1 });
    const jobs = [
      runtime.spawnBlocking(portable.hold, gate.mark("holds"), gate.path),
      runtime.spawnBlocking(portable.hold, "", gate.path),
    ];
    await until(() => gate.hasMark("holds"));
    expect(runtime.metrics.blockingQueueDepth).toBe(1);
    gate.open();
    for (const job of jobs) await job;
    expect(runtime.metrics.blockingQueueDepth).toBe(0);
  });

  test("spawned_tasks_count", async () => {
    for (const options of [{ flavor: "currentThread" }, { workerThreads: 2 }] as const) {
      const runtime = await make(options);
      expect(runtime.metrics.spawnedTasks).toBe(0);
      await runtime.spawn(async () => {});
      expect(runtime.metrics.spawnedTasks).toBe(1);
      await runtime.spawn(portable.echo, 1);
      expect(runtime.metrics.spawnedTasks).toBe(2);
    }
  });

  test("remote_schedule_count", async () => {
    const runtime = await make({ workerThreads: 2 });
    expect(runtime.metrics.remoteSchedules).toBe(0);
    await runtime.spawn(portable.echo, 1);
    expect(runtime.metrics.remoteSchedules).toBe(1);
  });

  test("worker_noop_count", async () => {
    const runtime = await make({ workerThreads: 2 });
    await until(() => [0, 1].some((index) => runtime.metrics.worker(index).noopCount > 0));
  });

  test("worker_steal_count", async () => {
    const runtime = await make({ workerThreads: 2, lifoSlot: false });
    const stolen = () =>
      [0, 1].reduce((sum, index) => sum + runtime.metrics.worker(index).stealCount, 0);
    // Both workers must know the module first: a task that waits for its import is stolen, too.
    const known = new Gate();
    const both = ["one", "two"].map((mark) =>
      runtime.spawn(portable.hold, known.mark(mark), known.path),
    );
    await until(() => known.hasMark("one") && known.hasMark("two"));
    known.open();
    await Promise.all(both);
    const before = stolen();
    const holding = runtime.spawn(portable.spawnAndHold, 1, gate.mark("holds"), gate.path);
    await until(() => gate.hasMark("holds"));
    await until(() => runtime.metrics.aliveTasks === 1);
    expect(stolen() - before).toBe(1);
    gate.open();
    await holding;
  });

  test("worker_poll_count_and_time", async () => {
    const runtime = await make({ flavor: "currentThread" });
    await until(() => runtime.metrics.worker(0).parkCount > 0);
    const before = runtime.metrics.worker(0).pollCount;
    for (let round = 0; round < 5; round++) await runtime.spawn(async () => {});
    await until(() => runtime.metrics.worker(0).pollCount - before >= 5);
    expect(runtime.metrics.worker(0).meanPollMs).toBeGreaterThan(0);
    expect(runtime.metrics.pollTime).toBeUndefined();
  });

  test("worker_poll_count_histogram", async () => {
    const pollTime = { kind: "linear", widthMs: 50, buckets: 3 } as const;
    for (const options of [{ flavor: "currentThread" }, { workerThreads: 2 }] as const) {
      const runtime = await make({ ...options, metrics: { pollTime } });
      for (let round = 0; round < 5; round++) await runtime.spawn(portable.echo, round);
      const { metrics } = runtime;
      expect(metrics.pollTime?.buckets).toHaveLength(3);
      const counted = () => {
        let sum = 0;
        for (let worker = 0; worker < metrics.workers; worker++) {
          for (const bucket of [0, 1, 2]) sum += metrics.pollTime?.count(worker, bucket) ?? 0;
        }
        return sum;
      };
      await until(() => counted() >= 5);
    }
  });

  test("worker_poll_count_histogram_disabled_without_explicit_enable", async () => {
    const runtime = await make({ flavor: "currentThread", metrics: { pollTime: false } });
    await runtime.spawn(async () => {});
    expect(runtime.metrics.pollTime).toBeUndefined();
  });

  test("log_histogram_default_configuration", async () => {
    const runtime = await make({ flavor: "currentThread", metrics: { pollTime: { kind: "log" } } });
    expect(runtime.metrics.pollTime?.buckets).toHaveLength(119);
  });

  test("log_histogram", async () => {
    const runtime = await make({ flavor: "currentThread", metrics: { pollTime: { kind: "log" } } });
    const { pollTime, homeIndex } = runtime.metrics;
    const nanoseconds = (bucket: number) => (pollTime?.range(bucket).fromMs ?? 0) * 1e6;
    expect([0, 1, 2].map(nanoseconds)).toEqual([0, 96, 112]);
    expect(pollTime?.range(118)).toMatchObject({ toMs: Infinity });
    const counted = () =>
      pollTime?.buckets.reduce((sum, _, bucket) => sum + pollTime.count(homeIndex, bucket), 0) ?? 0;
    const before = counted();
    for (let round = 0; round < 50; round++) await runtime.spawn(function* () {});
    await until(() => counted() - before >= 50);
  });

  test("worker_local_schedule_count", async () => {
    const runtime = await make({ workerThreads: 1 });
    await runtime.spawn(portable.fan, 1);
    expect(runtime.metrics.worker(0).localSchedules).toBeGreaterThanOrEqual(1);
  });

  test("worker_overflow_count", async () => {
    const runtime = await make({ workerThreads: 2 });
    const marks = [gate.mark("other"), gate.mark("holds")] as const;
    const other = runtime.spawn(portable.hold, marks[0], gate.path);
    await until(() => gate.hasMark("other"));
    const holding = runtime.spawn(portable.spawnAndHold, 300, marks[1], gate.path);
    await until(() => gate.hasMark("holds"));
    const overflows = [0, 1].map((index) => runtime.metrics.worker(index).overflowCount);
    expect(overflows.sort()).toEqual([0, 1]);
    gate.open();
    for (const handle of [other, holding]) await handle;
  });

  test("worker_local_queue_depth", async () => {
    const runtime = await make({ workerThreads: 2 });
    const other = runtime.spawn(portable.hold, gate.mark("other"), gate.path);
    await until(() => gate.hasMark("other"));
    const holding = runtime.spawn(portable.spawnAndHold, 100, gate.mark("holds"), gate.path);
    await until(() => gate.hasMark("holds"));
    const depths = [0, 1].map((index) => runtime.metrics.worker(index).queueDepth);
    // One of the hundred stands in the LIFO slot.
    expect(Math.max(...depths)).toBeGreaterThanOrEqual(99);
    expect(Math.max(...depths)).toBeLessThanOrEqual(100);
    gate.open();
    for (const handle of [other, holding]) await handle;
  });

  test("budget_exhaustion_yield", async () => {
    const runtime = await make({ flavor: "currentThread" });
    const before = runtime.metrics.budgetForcedYields;
    await runtime.spawn(function* () {
      for (let unit = 0; unit < 129; unit++) yield* consumeBudget();
    });
    expect(runtime.metrics.budgetForcedYields - before).toBe(1);
  });

  test("budget_exhaustion_yield_with_joins", async () => {
    const runtime = await make({ flavor: "currentThread" });
    const before = runtime.metrics.budgetForcedYields;
    const half = async () => {
      for (let unit = 0; unit < 64; unit++) await consumeBudget();
    };
    await runtime.spawn(async () => Promise.all([half(), half()]));
    expect(runtime.metrics.budgetForcedYields - before).toBe(1);
  });

  test.for(["io_driver_fd_count", "io_driver_ready_count"])("%s", async () => {
    const runtime = await make({ flavor: "currentThread" });
    await runtime.run(async () => {
      expect(runtime.metrics.io.registered).toBe(0);
      const listener = await TcpListener.bind("127.0.0.1:0");
      const accepting = runtime.spawn(async () => (await listener.accept()).stream);
      const stream = await TcpStream.connect(listener.localAddr);
      const accepted = await accepting;
      expect(runtime.metrics.io.registered).toBe(3);
      expect(runtime.metrics.io.deregistered).toBe(0);
      for (const socket of [stream, accepted, listener]) socket.close();
      expect(runtime.metrics.io.deregistered).toBe(3);
      expect(runtime.metrics.io.readyEvents).toBeGreaterThan(0);
    });
  });

  test("schedule_latency_counts", async () => {
    for (const options of [{ flavor: "currentThread" }, { workerThreads: 1 }] as const) {
      const runtime = await make({ ...options, metrics: { scheduleLatency: true } });
      const { metrics } = runtime;
      const buckets = metrics.scheduleLatency?.buckets.length ?? 0;
      const total = (worker: number) => {
        let sum = 0;
        for (let bucket = 0; bucket < buckets; bucket++) {
          sum += metrics.scheduleLatency?.count(worker, bucket) ?? 0;
        }
        return sum;
      };
      expect(buckets).toBe(119);
      const home = metrics.homeIndex;
      const before = total(home);
      await runtime.spawn(function* () {
        for (let round = 0; round < 4; round++) yield* yieldNow();
      });
      await until(() => total(home) - before === 5);
      await runtime.spawn(portable.echo, 1);
      await until(() => total(0) >= 1);
    }
  });

  cannot("minimal_log_histogram", "a precision below 2 is refused");
  cannot("legacy_log_histogram", "there is no older scale to keep");
  cannot(
    "schedule_latency_lifo_polls_are_recorded_individually",
    "every poll is counted by itself, out of the LIFO slot as well",
  );
});
