/** Wasm tasks that are given up, that outgrow their limits, and guests that come side by side. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type GuestTask, type JoinError, Runtime } from "tokiwa";
import { buildGuest } from "tokiwa/build";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GUEST_ABI } from "../../src/core/manifest.ts";
import { guestModule } from "../support/guest-module.ts";
import { rejection, until } from "../support/waiting.ts";

const WAITS = `
import { JoinHandle, now, sleep, spawn, yieldNow } from "tokiwa/assembly";

export function nap(durationMs: f64): void { sleep(durationMs); }

export function turns(count: i32): i32 {
  for (let turn = 0; turn < count; turn++) yieldNow();
  return count;
}

/** Computes for so long, and yields, so often. */
export function work(count: i32, durationMs: f64): void {
  for (let turn = 0; turn < count; turn++) {
    const end = now() + durationMs;
    while (now() < end) {}
    yieldNow();
  }
}

export function family(children: i32, durationMs: f64): void {
  const handles: JoinHandle<void>[] = [];
  for (let child = 0; child < children; child++) handles.push(spawn(nap, durationMs));
  for (let child = 0; child < children; child++) handles[child].join();
}

function descend(depth: i32, durationMs: f64): i32 {
  if (depth > 0) return descend(depth - 1, durationMs) + 1;
  if (durationMs > 0) sleep(durationMs);
  else yieldNow();
  return 0;
}

export function deep(depth: i32, durationMs: f64): i32 { return descend(depth, durationMs); }

export function fill(bytes: i32): i32 {
  let made = 0;
  while (made < bytes) made += new StaticArray<u8>(64).length;
  yieldNow();
  return made;
}
`;

const OTHER = `
import { yieldNow } from "tokiwa/assembly";
export function name(): string { yieldNow(); return "other"; }
`;

const UNBOUND = guestModule({ abi: GUEST_ABI, statics: [0, 0], tasks: [], functions: [] });

interface Waits {
  readonly nap: GuestTask<[durationMs: number], void>;
  readonly turns: GuestTask<[count: number], number>;
  readonly work: GuestTask<[count: number, durationMs: number], void>;
  readonly family: GuestTask<[children: number, durationMs: number], void>;
  readonly deep: GuestTask<[depth: number, durationMs: number], number>;
  readonly fill: GuestTask<[bytes: number], number>;
}

const LONG_MS = 1e7;
let folder: string;
const modules = new Map<string, URL>();

async function build(name: string, source: string, slot: number): Promise<void> {
  const entry = join(folder, `${name}.ts`);
  await writeFile(entry, source);
  await buildGuest({ entry, outFile: join(folder, `${name}.wasm`), slot });
  modules.set(name, pathToFileURL(join(folder, `${name}.wasm`)));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tokiwa-guest-"));
  await build("waits", WAITS, 0);
  await build("other", OTHER, 1);
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

const load = <T extends object>(runtime: Runtime, name: string): Promise<T> =>
  runtime.load<T>(modules.get(name) as URL);

describe.each(["currentThread", "multiThread"] as const)("a Wasm task, %s", (flavor) => {
  test("is aborted at whatever wait it stands, and gives back what it waited for", async () => {
    await using runtime = await Runtime.create({ flavor });
    const guest = await load<Waits>(runtime, "waits");
    const { metrics } = runtime;
    const tasks = [
      runtime.spawn(guest.nap, LONG_MS),
      runtime.spawn(guest.turns, 2 ** 31 - 1),
      runtime.spawn(guest.family, 10, LONG_MS),
    ];
    await until(() => metrics.pendingWaits === 11);
    const unbegun = runtime.spawn(guest.nap, LONG_MS);
    unbegun.abort();
    for (const task of tasks) task.abort();
    for (const task of [...tasks, unbegun]) {
      expect(await rejection(task)).toMatchObject({ isCancelled: true });
    }
    expect(await runtime.spawn(guest.turns, 3)).toBe(3);
    // The children run on, and nobody is left to abort them. What an aborted task waited for is
    // given back by the worker whose timer it is.
    await until(() => metrics.aliveTasks === 10 && metrics.pendingWaits === 10);
  });

  test("whose frames are too large leaves no wait behind", async () => {
    await using runtime = await Runtime.create({ flavor });
    const guest = await load<Waits>(runtime, "waits");
    for (const durationMs of [LONG_MS, 0]) {
      const error = (await rejection(runtime.spawn(guest.deep, 10_000, durationMs))) as JoinError;
      expect(String(error.cause)).toContain("its frames need more than 65536 bytes");
    }
    expect(runtime.metrics.pendingWaits).toBe(0);
    expect(await runtime.spawn(guest.turns, 3)).toBe(3);
  });

  test("that outgrows a limit fails alone, and says which and how to raise it", async () => {
    const options = { flavor, maxTaskFrames: 1024, maxTaskArena: 4096 };
    await using runtime = await Runtime.create(options);
    const guest = await load<Waits>(runtime, "waits");
    const healthy = runtime.spawn(guest.family, 5, 20);
    expect(await runtime.spawn(guest.deep, 10, 0)).toBe(10);
    expect(await runtime.spawn(guest.fill, 3000)).toBeGreaterThanOrEqual(3000);
    expect(await rejection(runtime.spawn(guest.deep, 100, 0))).toMatchObject({
      isPanic: true,
      cause: expect.objectContaining({
        name: "RangeError",
        message: expect.stringMatching(/frames need more than 1024 bytes; raise maxTaskFrames/),
      }),
    });
    expect(await rejection(runtime.spawn(guest.fill, 5000))).toMatchObject({
      isPanic: true,
      cause: expect.objectContaining({
        name: "RangeError",
        message: expect.stringMatching(/arena has its limit of 4096 bytes; raise maxTaskArena/),
      }),
    });
    await healthy;
    expect(runtime.metrics.pendingWaits).toBe(0);
    expect(runtime.metrics.aliveTasks).toBe(0);
  });

  test("ends with its runtime, wherever it stands", async () => {
    const runtime = await Runtime.create({ flavor });
    const guest = await load<Waits>(runtime, "waits");
    const tasks = [
      runtime.spawn(guest.nap, LONG_MS),
      runtime.spawn(guest.turns, 2 ** 31 - 1),
      runtime.spawn(guest.family, 10, LONG_MS),
    ];
    await until(() => runtime.metrics.pendingWaits === 11);
    tasks.push(runtime.spawn(guest.nap, LONG_MS));
    const ends = tasks.map(rejection);
    await runtime.shutdown();
    for (const end of ends) expect(await end).toMatchObject({ isCancelled: true });
  });
});

test("a Wasm task that spins is ended by a shutdown with a timeout", async () => {
  const runtime = await Runtime.create({ workerThreads: 1 });
  const guest = await load<Waits>(runtime, "waits");
  const end = rejection(runtime.spawn(guest.work, 1, LONG_MS));
  const { metrics } = runtime;
  await until(() => metrics.worker(0).pollCount === 1);
  await runtime.shutdown({ timeout: 10 });
  expect(await end).toMatchObject({ isCancelled: true });
});

test("a task of the host's gets its turn among Wasm tasks that go on yielding", async () => {
  await using runtime = await Runtime.create({ workerThreads: 1, globalQueueInterval: 5 });
  const guest = await load<Waits>(runtime, "waits");
  const worker = runtime.metrics.worker(0);
  for (let task = 0; task < 5; task++) runtime.spawn(guest.work, LONG_MS, 1).detach();
  await until(() => worker.pollCount > 20);
  const before = worker.pollCount;
  await runtime.spawn(guest.turns, 0);
  // Counted by turns of 61 polls each instead of by polls, it would come after 300.
  expect(worker.pollCount - before).toBeLessThan(60);
});

describe("guests", () => {
  test("that are loaded side by side do not get each other's tasks", async () => {
    await using runtime = await Runtime.create({ workerThreads: 2 });
    const [guest, other] = await Promise.all([
      load<Waits>(runtime, "waits"),
      load<{ name: GuestTask<[], string> }>(runtime, "other"),
    ]);
    expect(await runtime.spawn(guest.turns, 3)).toBe(3);
    expect(await runtime.spawn(other.name)).toBe("other");
  });

  test("that cannot be instantiated are refused, and no worker hears of them", async () => {
    let lost = 0;
    const onWorkerLost = () => {
      lost += 1;
    };
    await using runtime = await Runtime.create({ workerThreads: 2, onWorkerLost });
    const error = (await rejection(runtime.load(UNBOUND))) as Error;
    expect(error.message).toBe("Cannot load guest: it cannot be instantiated");
    expect(String(error.cause)).toContain("nobody");
    const guest = await load<Waits>(runtime, "waits");
    expect(await runtime.spawn(guest.turns, 3)).toBe(3);
    expect(lost).toBe(0);
  });
});

test("a Wasm task that computes without a wait is named by the metrics", async () => {
  await using runtime = await Runtime.create({ workerThreads: 2 });
  const guest = await load<Waits>(runtime, "waits");
  const { metrics } = runtime;
  const running = () => [0, 1].map((index) => metrics.worker(index).running);
  const task = runtime.spawn(guest.work, 1, 300);
  const isSeen = () => running().some((found) => found !== undefined && found.forMs > 100);
  await until(isSeen);
  expect(running()).toContainEqual(
    expect.objectContaining({ taskId: task.id, taskName: "work", forMs: expect.any(Number) }),
  );
  expect(await runtime.spawn(guest.turns, 3)).toBe(3);
  await task;
  await until(() => running().every((found) => found === undefined));
});
