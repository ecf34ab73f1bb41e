import { type JoinError, OutOfMemoryError } from "tokiwa/error";
import { Runtime } from "tokiwa/runtime";
import type { GuestTask, JoinHandle } from "tokiwa/task";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildFixture } from "../support/guests.ts";
import { rejection, until } from "../support/waiting.ts";

interface Memory {
  readonly rounds: GuestTask<[count: number], number>;
  readonly nest: GuestTask<[depth: number], number>;
  readonly large: GuestTask<[bytes: number], boolean>;
  readonly dive: GuestTask<[depth: number, durationMs: number], number>;
  readonly resetTwice: GuestTask<[], void>;
  readonly giveMark: GuestTask<[], boolean>;
  readonly fill: GuestTask<[], void>;
}

let module: URL;
let runtime: Runtime;
let memory: Memory;

beforeAll(async () => {
  module = await buildFixture("memory");
  runtime = await Runtime.create({ workerThreads: 2 });
  memory = await runtime.load<Memory>(module);
}, 120_000);

afterAll(() => runtime.shutdown());

describe("a mark in a task's arena", () => {
  test("frees what was made since, and keeps what is older", async () => {
    const tasks = Array.from({ length: 20 }, () => runtime.spawn(memory.rounds, 500));
    expect(new Set(await Promise.all(tasks))).toEqual(new Set([0]));
  });

  test("may stand within others", async () => {
    const lengths = await Promise.all([6, 6, 6].map((depth) => runtime.spawn(memory.nest, depth)));
    expect(new Set(lengths).size).toBe(1);
  });

  test("frees objects larger than a chunk", async () => {
    for (const bytes of [1, 200, 70_000, 10_000_000]) {
      expect(await runtime.spawn(memory.large, bytes)).toBe(true);
    }
  });

  test("ends with the reset of an older one", async () => {
    const error = await runtime.spawn(memory.resetTwice).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(String((error as JoinError).cause)).toContain("Cannot reset: the mark has ended");
  });

  test("is no other task's", async () => {
    expect(await runtime.spawn(memory.giveMark)).toBe(false);
  });
});

test("a task that was deep down once keeps no large block of frames", async () => {
  const before = runtime.metrics.memoryBytes;
  const tasks: JoinHandle<number>[] = [];
  for (let wave = 1; wave <= 40; wave++) {
    for (let count = 0; count < 50; count++) tasks.push(runtime.spawn(memory.dive, 1000, 1e6));
    await until(() => runtime.metrics.pendingWaits === 50 * wave);
  }
  expect(runtime.metrics.memoryBytes).toBeLessThan(before + 2000 * 2048);
  for (const task of tasks) task.abort();
  await Promise.allSettled(tasks);
});

describe("the room that workers have for frames", () => {
  test("is asked for as a guest is loaded, which fails if there is none", async () => {
    await using small = await Runtime.create({ workerThreads: 4, maxMemory: 16 * 2 ** 20 });
    const before = small.metrics.memoryBytes;
    for (let time = 0; time < 2; time++) {
      const error = await rejection(small.load(module));
      expect(error).toBeInstanceOf(OutOfMemoryError);
      expect(String(error)).toContain("Cannot load guest: the runtime's memory is full");
    }
    expect(small.metrics.memoryBytes).toBe(before);
    expect(await small.spawn(() => Promise.resolve("goes on"))).toBe("goes on");
  });

  test("is there on a worker that runs its first guest while memory is full", async () => {
    await using small = await Runtime.create({ workerThreads: 2, maxMemory: 32 * 2 ** 20 });
    const guest = await small.load<Memory>(module);
    const hasRun = (worker: number) => small.metrics.worker(worker).pollCount > 0;
    const error = (await rejection(small.spawn(guest.fill))) as JoinError;
    expect(String(error.cause)).toContain("Cannot allocate: the memory has no block");
    expect(hasRun(0) && hasRun(1)).toBe(false);
    while (!hasRun(0) || !hasRun(1)) {
      const dives = Array.from({ length: 20 }, () => small.spawn(guest.dive, 10, 0));
      expect(await Promise.all(dives)).toEqual(dives.map(() => 55));
    }
  });
});
