import { Runtime, sleep, yieldNow } from "tokiwa";
import { describe, expect, test } from "vitest";
import {
  INJECTOR_LENGTH,
  LEVEL_OCCUPIED,
  LEVEL_SIZE,
  RUNTIME_BREAK,
  RUNTIME_FIRST_WORKER,
  RUNTIME_INJECTOR,
  RUNTIME_SIZE,
  RUNTIME_THREADS,
  RUNTIME_WORKERS,
  WHEEL_ELAPSED,
  WHEEL_LEVEL_FIRST,
  WORKER_ARENA_BYTES,
  WORKER_BLOCKS_LIVE,
  WORKER_BUSY_MS,
  WORKER_COLLECTING_MS,
  WORKER_COLLECTIONS,
  WORKER_ENDED,
  WORKER_FORCED_YIELDS,
  WORKER_IO_REGISTERED,
  WORKER_MEAN_POLL_US,
  WORKER_PINNED_COUNT,
  WORKER_POLL_HISTOGRAM,
  WORKER_PRIMITIVES_LIVE,
  WORKER_QUEUE_HEAD,
  WORKER_QUEUE_TAIL,
  WORKER_REMOTE_SCHEDULES,
  WORKER_SIZE,
  WORKER_SPAWNED,
  WORKER_STAKES_LIVE,
  WORKER_STEAL_COUNT,
  WORKER_WAITERS_LIVE,
  WORKER_WHEEL,
} from "../../assembly/shared/layout.ts";
import type { Thread } from "../../src/core/thread.ts";
import { RuntimeMetrics } from "../../src/runtime/metrics.ts";
import { makeHistogram } from "../../src/worker/histogram.ts";

const RUNTIME = 64;
const WORKERS = RUNTIME + RUNTIME_SIZE;

/** A memory laid out as a runtime's, with two workers, a home and one blocking thread. */
function memory(workers = 2, threads = 4) {
  const buffer = new ArrayBuffer(WORKERS + threads * WORKER_SIZE + 1024);
  const u32 = new Uint32Array(buffer);
  const f64 = new Float64Array(buffer);
  const set = (address: number, value: number) => {
    u32[address >> 2] = value;
  };
  const setCounter = (address: number, value: number) => {
    f64[address >> 3] = value;
  };
  set(RUNTIME + RUNTIME_WORKERS, workers);
  set(RUNTIME + RUNTIME_THREADS, threads);
  set(RUNTIME + RUNTIME_FIRST_WORKER, WORKERS);
  const thread = { u32, f64, runtime: RUNTIME } as unknown as Thread;
  const blocking = { threads: 3, idle: 2, queued: 1 };
  const worker = (index: number) => WORKERS + index * WORKER_SIZE;
  return { thread, blocking, set, setCounter, worker, end: worker(threads) };
}

describe("RuntimeMetrics", () => {
  test("reads the runtime's own figures", () => {
    const { set, ...source } = memory();
    const metrics = new RuntimeMetrics(source);
    set(RUNTIME + RUNTIME_INJECTOR + INJECTOR_LENGTH, 7);
    set(RUNTIME + RUNTIME_BREAK, 8);
    expect(metrics).toMatchObject({
      workers: 2,
      homeIndex: 2,
      globalQueueDepth: 7,
      memoryBytes: 8,
      blockingThreads: 3,
      idleBlockingThreads: 2,
      blockingQueueDepth: 1,
      pollTime: undefined,
      scheduleLatency: undefined,
    });
  });

  test("adds up what every thread counts", () => {
    const { setCounter, worker, ...source } = memory();
    const metrics = new RuntimeMetrics(source);
    for (let index = 0; index < 4; index++) {
      setCounter(worker(index) + WORKER_SPAWNED, 1 + index);
      setCounter(worker(index) + WORKER_ENDED, 2);
      setCounter(worker(index) + WORKER_FORCED_YIELDS, 10);
      setCounter(worker(index) + WORKER_IO_REGISTERED, 100);
      setCounter(worker(index) + WORKER_REMOTE_SCHEDULES, 2 ** 32);
    }
    expect(metrics.spawnedTasks).toBe(10);
    expect(metrics.aliveTasks).toBe(2);
    expect(metrics.budgetForcedYields).toBe(40);
    expect(metrics.remoteSchedules).toBe(2 ** 34);
    expect(metrics.io).toMatchObject({ registered: 400, deregistered: 0, readyEvents: 0 });
  });

  test("counts waits that end on another thread than they began on", () => {
    const { set, worker, ...source } = memory();
    set(worker(0) + WORKER_WAITERS_LIVE, 5);
    set(worker(1) + WORKER_WAITERS_LIVE, 2 ** 32 - 3);
    expect(new RuntimeMetrics(source).pendingWaits).toBe(2);
  });

  test("counts memory that is freed on another thread than it was taken on", () => {
    const { set, setCounter, worker, ...source } = memory();
    set(worker(0) + WORKER_ARENA_BYTES, 1000);
    set(worker(1) + WORKER_ARENA_BYTES, 2 ** 32 - 200);
    setCounter(worker(0) + WORKER_COLLECTIONS, 3);
    setCounter(worker(1) + WORKER_COLLECTIONS, 4);
    setCounter(worker(1) + WORKER_COLLECTING_MS, 0.5);
    set(worker(0) + WORKER_BLOCKS_LIVE, 2);
    set(worker(1) + WORKER_BLOCKS_LIVE, 2 ** 32 - 1);
    set(worker(1) + WORKER_STAKES_LIVE, 3);
    set(worker(1) + WORKER_PRIMITIVES_LIVE, 4);
    const { guests, slots } = new RuntimeMetrics(source);
    expect(slots).toEqual({ handles: 3, primitives: 4, blocks: 1 });
    expect(guests).toEqual({ arenaBytes: 800, collections: 7, collectingMs: 0.5 });
  });

  test("counts one worker where the thread that made the runtime is the only one", () => {
    const metrics = new RuntimeMetrics(memory(0, 2));
    expect(metrics.workers).toBe(1);
    expect(metrics.homeIndex).toBe(0);
  });

  test("reads one worker's figures", () => {
    const { set, setCounter, worker, ...source } = memory();
    const figures = new RuntimeMetrics(source).worker(1);
    setCounter(worker(1) + WORKER_BUSY_MS, 12.5);
    setCounter(worker(1) + WORKER_MEAN_POLL_US, 1500);
    setCounter(worker(1) + WORKER_STEAL_COUNT, 2 ** 32 + 9);
    // A thief takes [65530, 65534); the owner's tail has wrapped around.
    set(worker(1) + WORKER_QUEUE_HEAD, (65_530 << 16) | 65_534);
    set(worker(1) + WORKER_QUEUE_TAIL, 3);
    set(worker(1) + WORKER_PINNED_COUNT, 2);
    expect(figures).toMatchObject({ busyMs: 12.5, meanPollMs: 1.5, stealCount: 2 ** 32 + 9 });
    expect(figures.queueDepth).toBe(7);
    expect(figures).toMatchObject({ parkCount: 0, noopCount: 0, pollCount: 0, overflowCount: 0 });
  });

  test("tells which slots of a worker's timer wheel have timers", () => {
    const { set, worker, ...source } = memory();
    const wheel = worker(1) + WORKER_WHEEL;
    set(wheel + WHEEL_ELAPSED, 5);
    set(wheel + WHEEL_ELAPSED + 4, 2);
    const level = wheel + WHEEL_LEVEL_FIRST + 5 * LEVEL_SIZE + LEVEL_OCCUPIED;
    set(level, 1 << 31);
    set(level + 4, 1 | (1 << 31));
    const { timerWheel } = new RuntimeMetrics(source).worker(1);
    expect(timerWheel).toMatchObject({ levels: 6, slots: 64, elapsedMs: 2 ** 33 + 5 });
    expect([0, 1, 5].map((index) => timerWheel.slotMs(index))).toEqual([1, 64, 64 ** 5]);
    const occupied = (index: number) =>
      Array.from({ length: 64 }, (_, slot) => slot).filter((slot) =>
        timerWheel.isOccupied(index, slot),
      );
    expect(occupied(5)).toEqual([31, 32, 63]);
    expect(occupied(4)).toEqual([]);
    expect(() => timerWheel.slotMs(6)).toThrow(
      "Cannot read timer wheel: level must be a whole number from 0 to 5, got 6",
    );
    expect(() => timerWheel.isOccupied(0, 64)).toThrow(
      "Cannot read timer wheel: slot must be a whole number from 0 to 63, got 64",
    );
  });

  test("shows a sleeping task in the wheel of the worker", async () => {
    await using runtime = await Runtime.create({ flavor: "currentThread" });
    const { timerWheel } = runtime.metrics.worker(0);
    const occupied = () => {
      let count = 0;
      for (let level = 0; level < timerWheel.levels; level++) {
        for (let slot = 0; slot < timerWheel.slots; slot++) {
          if (timerWheel.isOccupied(level, slot)) count += 1;
        }
      }
      return count;
    };
    expect(occupied()).toBe(0);
    const sleeper = runtime.spawn(() => sleep(60_000));
    await runtime.spawn(() => yieldNow());
    expect(occupied()).toBe(1);
    expect(timerWheel.elapsedMs).toBeGreaterThan(0);
    sleeper.abort();
    await sleeper.catch(() => {});
    expect(occupied()).toBe(0);
  });

  test("refuses threads that do not exist", () => {
    const metrics = new RuntimeMetrics(memory());
    for (const index of [-1, 4, 0.5, Number.NaN]) {
      expect(() => metrics.worker(index)).toThrow(
        `Cannot read metrics: worker must be a whole number from 0 to 3, got ${index}`,
      );
    }
  });

  test("reads the histograms that are kept", () => {
    const { set, setCounter, worker, end, ...source } = memory();
    const pollTime = makeHistogram({ kind: "linear", widthMs: 1, buckets: 3 });
    const metrics = new RuntimeMetrics({ ...source, pollTime });
    set(worker(0) + WORKER_POLL_HISTOGRAM, end);
    setCounter(end + 8, 2 ** 32);
    expect(metrics.pollTime?.buckets).toEqual(pollTime.buckets);
    expect(metrics.pollTime?.range(2)).toEqual({ fromMs: 2, toMs: Infinity });
    expect(metrics.pollTime?.count(0, 1)).toBe(2 ** 32);
    expect(metrics.pollTime?.count(1, 1)).toBe(0);
    expect(() => metrics.pollTime?.count(0, 3)).toThrow(
      "bucket must be a whole number from 0 to 2",
    );
    expect(() => metrics.pollTime?.count(4, 0)).toThrow(
      "worker must be a whole number from 0 to 3",
    );
    expect(metrics.scheduleLatency).toBeUndefined();
  });
});
