/** Tokio's `rt_metrics.rs`. */
import { type Runtime, sleep, spawn } from "tokiwa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Gate } from "../support/gate.ts";
import { until } from "../support/waiting.ts";
import * as portable from "./fixtures/tasks.mjs";
import { runtimesOf } from "./flavors.ts";

let gate: Gate;
beforeEach(() => {
  gate = new Gate();
});
afterEach(() => gate.open());

/** A worker that meets a module for the first time starts what it has while it imports it. */
async function warmUp(runtime: Runtime): Promise<void> {
  const idle = () => [0, 1].some((index) => runtime.metrics.worker(index).pollCount === 0);
  while (idle()) await Promise.all([1, 2, 3, 4].map((each) => runtime.spawn(portable.echo, each)));
}

describe("rt_metrics", () => {
  const make = runtimesOf();
  const current = () => make({ flavor: "currentThread" });
  const threaded = (workerThreads = 2) => make({ workerThreads });

  test("num_alive_tasks", async () => {
    for (const runtime of [await current(), await threaded()]) {
      const { metrics } = runtime;
      expect(metrics.aliveTasks).toBe(0);
      expect(await runtime.spawn(async () => metrics.aliveTasks)).toBe(1);
      await until(() => metrics.aliveTasks === 0);
      const ported = runtime.spawn(portable.waitFor, gate.mark("waits"), gate.path);
      expect(metrics.aliveTasks).toBe(1);
      ported.abort();
      await until(() => metrics.aliveTasks === 0);
    }
  });

  test("global_queue_depth_current_thread", async () => {
    const runtime = await current();
    // Nobody else may put tasks there: portable tasks of the thread itself go to its own queue.
    const handles = Array.from({ length: 10 }, () => runtime.spawn(portable.echo, 1));
    expect(runtime.metrics.globalQueueDepth).toBe(0);
    for (const handle of handles) await handle;
  });

  test("global_queue_depth_multi_thread", async () => {
    const runtime = await threaded();
    // A worker that meets a module for the first time starts what it has while it imports it.
    const idle = () => [0, 1].some((index) => runtime.metrics.worker(index).pollCount === 0);
    while (idle())
      await Promise.all([1, 2, 3, 4].map((each) => runtime.spawn(portable.echo, each)));
    const marks = [gate.mark("first"), gate.mark("second")];
    const holding = marks.map((mark) => runtime.spawn(portable.hold, mark, gate.path));
    await until(() => gate.hasMark("first") && gate.hasMark("second"));
    const waiting = [];
    for (let depth = 0; depth < 10; depth++) {
      expect(runtime.metrics.globalQueueDepth).toBe(depth);
      waiting.push(runtime.spawn(portable.echo, depth));
    }
    gate.open();
    for (const handle of [...holding, ...waiting]) await handle;
    expect(runtime.metrics.globalQueueDepth).toBe(0);
  });

  test("worker_total_busy_duration", async () => {
    const runtime = await threaded();
    await warmUp(runtime);
    const marks = [gate.mark("first"), gate.mark("second")];
    const holding = marks.map((mark) => runtime.spawn(portable.hold, mark, gate.path));
    await until(() => gate.hasMark("first") && gate.hasMark("second"));
    gate.open();
    for (const handle of holding) await handle;
    await runtime.shutdown();
    for (const index of [0, 1]) expect(runtime.metrics.worker(index).busyMs).toBeGreaterThan(0);
  });

  test("worker_park_count", async () => {
    const one = await current();
    await one.run(async () => sleep(1));
    await until(() => one.metrics.worker(0).parkCount >= 1);
    const two = await threaded();
    await two.spawn(portable.echo, 1);
    await until(() => [0, 1].every((index) => two.metrics.worker(index).parkCount >= 1));
  });

  test("worker_park_unpark_count", async () => {
    const runtime = await threaded();
    const counts = () => [0, 1].map((index) => runtime.metrics.worker(index).parkUnparkCount);
    await runtime.run(async () => spawn(portable.echo, 1));
    await until(() => counts().every((count) => count % 2 === 1));
    await runtime.shutdown();
    expect(counts().map((count) => count % 2)).toEqual([0, 0]);
  });
});
