/** Tokio's `time_pause.rs`. */
import { type BuilderOptions, JoinError, spawn } from "tokiwa";
import { PENDING } from "tokiwa/future";
import {
  advance,
  assertElapsed,
  assertPending,
  assertReady,
  pause,
  task,
  testWith,
} from "tokiwa/test";
import { Instant, interval, sleep, sleepUntil } from "tokiwa/time";
import { test as base, describe, expect } from "vitest";
import { seeded } from "../support/random.ts";
import { rejection } from "../support/waiting.ts";
import * as portable from "./fixtures/tasks.mjs";
import { runtimesOf } from "./flavors.ts";

const test = testWith(base);
const PAUSED: BuilderOptions = { startPaused: true };

/** When so many random sleeps end, one after the other, on a paused runtime of their own. */
async function timesOf(make: ReturnType<typeof runtimesOf>, sleepers: number): Promise<number[]> {
  const runtime = await make({ flavor: "currentThread", startPaused: true });
  return runtime.run(async () => {
    const random = seeded(13);
    const start = Instant.now();
    const times: number[] = [];
    const naps = Array.from({ length: sleepers }, () => Math.floor(random() * 10_000));
    const tasks = naps.map((ms) =>
      spawn(async () => {
        await sleep(ms);
        times.push(start.elapsed());
      }),
    );
    for (const napping of tasks) await napping;
    return times;
  });
}

describe("time_pause", () => {
  const make = runtimesOf();

  test("pause_time_in_main", async () => {
    pause();
  });

  test("pause_time_in_task", async () => {
    await spawn(async () => pause());
  });

  base("pause_time_in_main_threads", async () => {
    const runtime = await make({ workerThreads: 1 });
    await expect(runtime.run(() => pause())).rejects.toThrow("the runtime has worker threads");
  });

  base("pause_time_in_spawn_threads", async () => {
    const runtime = await make({ workerThreads: 1 });
    const error = await rejection(runtime.spawn(portable.pauses));
    expect(error).toBeInstanceOf(JoinError);
    expect((error as JoinError).isPanic).toBe(true);
  });

  base("paused_time_is_deterministic", async () => {
    const first = await timesOf(make, 10_000);
    expect(await timesOf(make, 10_000)).toEqual(first);
    expect(first).toEqual([...first].sort((one, other) => one - other));
  });

  test("sleep_no_poll", PAUSED, async () => {
    await advance(1);
    using nap = task(sleepUntil(Instant.now().add(300)));
    for (const ms of [100, 200]) {
      const before = Instant.now();
      await advance(ms);
      assertElapsed(before, ms);
    }
    // Nobody had polled it: nobody was woken, and it is over at the first poll that sees it.
    expect(nap.isWoken).toBe(false);
    assertPending(nap.poll());
    expect(nap.isWoken).toBe(true);
    assertReady(nap.poll());
  });

  test("sleep_same_task", PAUSED, async () => {
    await advance(1);
    const nap = sleepUntil(Instant.now().add(300));
    using polled = task(nap);
    assertPending(polled.poll());
    for (const [ms, isOver] of [
      [100, false],
      [200, true],
    ] as const) {
      const before = Instant.now();
      await advance(ms);
      assertElapsed(before, ms);
      expect(polled.poll() !== PENDING).toBe(isOver);
    }
  });

  test("sleep_same_task_no_poll", PAUSED, async () => {
    await advance(1);
    const nap = sleepUntil(Instant.now().add(300));
    const before = Instant.now();
    await advance(400);
    assertElapsed(before, 400);
    await nap;
    assertElapsed(before, 400);
  });

  test("interval", PAUSED, async () => {
    await advance(1);
    using beat = interval(300);
    const ready = () => {
      using tick = task(beat.tick());
      return tick.pollUntilIdle() !== PENDING;
    };
    expect([ready(), ready()]).toEqual([true, false]);
    const before = Instant.now();
    const due = async () => (await beat.tick()).since(before);
    await advance(100);
    assertElapsed(before, 100);
    expect(ready()).toBe(false);
    await advance(200);
    assertElapsed(before, 300);
    expect([await due(), ready()]).toEqual([300, false]);
    await advance(400);
    assertElapsed(before, 700);
    expect([await due(), ready()]).toEqual([600, false]);
    await advance(500);
    assertElapsed(before, 1200);
    expect([await due(), await due()]).toEqual([900, 1200]);
    expect(ready()).toBe(false);
  });

  test("test_time_advance_sub_ms", PAUSED, async () => {
    for (const ms of [51.592, 0.001]) {
      const before = Instant.now();
      await advance(ms);
      expect(before.elapsed()).toBeCloseTo(ms, 6);
    }
  });

  test("test_time_advance_3ms_and_change", PAUSED, async () => {
    for (const ms of [3141.592, 3123.456]) {
      const before = Instant.now();
      await advance(ms);
      expect(before.elapsed()).toBeCloseTo(ms, 6);
    }
  });

  test("regression_3710_with_submillis_advance", PAUSED, async () => {
    await advance(1);
    using nap = task(sleepUntil(Instant.now().add(60_000)));
    assertPending(nap.poll());
    const before = Instant.now();
    await advance(0.5);
    expect(before.elapsed()).toBe(0.5);
    assertPending(nap.poll());
  });

  test("exact_1ms_advance", PAUSED, async () => {
    const before = Instant.now();
    for (const passed of [1, 2]) {
      await advance(1);
      expect(before.elapsed()).toBe(passed);
    }
  });

  test("advance_once_with_timer", PAUSED, async () => {
    using nap = task(sleep(1));
    assertPending(nap.poll());
    await advance(0.25);
    expect(nap.isWoken).toBe(false);
    assertPending(nap.poll());
    await advance(1.5);
    expect(nap.isWoken).toBe(true);
    assertReady(nap.poll());
  });

  test("advance_multi_with_timer", PAUSED, async () => {
    using nap = task(sleep(1));
    assertPending(nap.poll());
    for (let quarter = 1; quarter <= 3; quarter++) {
      await advance(0.25);
      expect(nap.isWoken).toBe(false);
      assertPending(nap.poll());
    }
    await advance(0.25);
    expect(nap.isWoken).toBe(true);
    assertReady(nap.poll());
  });
});
