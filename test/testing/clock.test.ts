import { Instant, interval, Runtime, sleep, spawn, spawnBlocking, timeout } from "tokiwa";
import { TcpListener, TcpStream } from "tokiwa/net";
import { advance, pause, resume, testWith } from "tokiwa/test";
import { test as base, expect } from "vitest";
import { turns } from "../support/waiting.ts";
import * as jobs from "./fixtures/tasks.mjs";

const test = testWith(base);
const PAUSED = { startPaused: true };
const DAY_MS = 86_400_000;

test(
  "pause: a paused clock says the same as long as somebody has something to do",
  PAUSED,
  async () => {
    const start = Instant.now();
    await turns(20);
    expect(start.elapsed()).toBe(0);
  },
);

test(
  "pause: whoever sleeps wakes in the order of the deadlines, at the very time",
  PAUSED,
  async () => {
    const start = Instant.now();
    const woken: number[] = [];
    const delays = [DAY_MS, 3, 70, 1, 4096, 5000, 64];
    const sleepers = delays.map((ms) =>
      spawn(async () => {
        await sleep(ms);
        woken.push(start.elapsed());
      }),
    );
    for (const sleeper of sleepers) await sleeper;
    expect(woken).toEqual(delays.sort((one, other) => one - other));
  },
);

test("pause: generators, intervals and timeouts have the same time", PAUSED, async () => {
  const start = Instant.now();
  const ticks = spawn(function* () {
    const beat = interval(1000);
    for (let count = 0; count < 100; count++) yield* beat.tick();
    return start.elapsed();
  });
  await expect(timeout(DAY_MS, new Promise(() => {}))).rejects.toThrow("Cannot wait longer");
  expect([await ticks, start.elapsed()]).toEqual([99_000, DAY_MS]);
});

test("pause: without autoAdvance only advance moves the clock", async () => {
  pause({ autoAdvance: false });
  const nap = spawn(async () => sleep(10));
  await turns(20);
  await advance(9);
  await turns(20);
  expect(nap.isFinished).toBe(false);
  await advance(1);
  await nap;
});

test("pause: a timer that was running already fires by the stopped clock", async () => {
  const start = Instant.now();
  const nap = spawn(async () => sleep(60_000));
  await turns();
  pause();
  await nap;
  expect(start.elapsed()).toBeGreaterThanOrEqual(60_000);
});

test("resume: what is left of a sleep is slept in real time", async () => {
  pause({ autoAdvance: false });
  const start = Instant.now();
  const nap = spawn(async () => sleep(60_000));
  await advance(0);
  await advance(59_990);
  const before = performance.now();
  resume();
  await nap;
  expect(start.elapsed()).toBeGreaterThanOrEqual(60_000);
  expect(performance.now() - before).toBeGreaterThanOrEqual(9.9);
});

test("advance: all who are due wake at the new time", PAUSED, async () => {
  const start = Instant.now();
  const naps = [5, 10, 15].map((ms) =>
    spawn(async () => {
      await sleep(ms);
      return start.elapsed();
    }),
  );
  await advance(0);
  await advance(12);
  const woken = [];
  for (const nap of naps) woken.push(await nap);
  expect(woken).toEqual([12, 12, 15]);
});

test("advance: refuses what is no distance", PAUSED, () => {
  expect(() => advance(-1)).toThrow(RangeError);
  expect(() => advance(Number.NaN)).toThrow(RangeError);
  expect(() => advance(Infinity)).toThrow(RangeError);
});

test("pause: waits for blocking jobs, which have the time of the world", PAUSED, async () => {
  const start = Instant.now();
  expect(await timeout(1, spawnBlocking(jobs.block, 20))).toBeGreaterThanOrEqual(20);
  expect(await timeout(1, spawnBlocking(jobs.linger, 20))).toBeGreaterThanOrEqual(19);
  expect(start.elapsed()).toBe(0);
  await sleep(5);
  expect(start.elapsed()).toBe(5);
  await expect(spawnBlocking(jobs.pauses)).rejects.toMatchObject({
    cause: { message: "Cannot pause clock: a blocking job has the time of the world" },
  });
});

test("pause: what the event loop has ready comes before the next timer", PAUSED, async () => {
  const immediate = new Promise<string>((resolve) => setImmediate(resolve, "ready"));
  expect(await timeout(1, immediate)).toBe("ready");
});

test("pause: sockets between tasks of the runtime are served without a jump", PAUSED, async () => {
  const start = Instant.now();
  using listener = await TcpListener.bind("127.0.0.1:0");
  const echo = spawn(async () => {
    using stream = (await listener.accept()).stream;
    await sleep(100);
    await stream.writeAll(await stream.readToEnd());
  });
  using stream = await TcpStream.connect(listener.localAddr);
  await stream.writeAll(new Uint8Array(10));
  await stream.shutdown();
  expect(await stream.readToEnd()).toHaveLength(10);
  await echo;
  expect(start.elapsed()).toBe(100);
});

base("Runtime.blockOn: jumps from timer to timer while the clock is paused", async () => {
  await using runtime = await Runtime.create({ flavor: "currentThread", startPaused: true });
  const slept = runtime.blockOn(function* () {
    const start = Instant.now();
    for (let count = 0; count < 3; count++) yield* sleep(DAY_MS);
    return start.elapsed();
  });
  expect(slept).toBe(3 * DAY_MS);
});

base("Runtime.shutdown: a paused clock does not keep tasks that clean up", async () => {
  const runtime = await Runtime.create({ flavor: "currentThread", startPaused: true });
  let cleaned = false;
  runtime.spawn(async () => {
    try {
      await sleep(DAY_MS * 365 * 20);
    } finally {
      await sleep(DAY_MS).catch(() => {});
      cleaned = true;
    }
  });
  await runtime.run(async () => advance(1));
  await runtime.shutdown();
  expect(cleaned).toBe(true);
});

base("startPaused: needs a runtime without workers", async () => {
  await expect(Runtime.create({ workerThreads: 1, startPaused: true })).rejects.toThrow(
    'Cannot build runtime: startPaused needs the flavor "currentThread"',
  );
});
