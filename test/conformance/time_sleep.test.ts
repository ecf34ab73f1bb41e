/** Tokio's `time_sleep.rs`. */
import { spawn } from "tokiwa";
import { Future, PENDING, type Pending, type Waker } from "tokiwa/future";
import { assertElapsed, assertPending, assertReady, task, testWith } from "tokiwa/test";
import { Instant, type Sleep, sleep, sleepUntil, timeout } from "tokiwa/time";
import { test as base, describe, expect } from "vitest";
import { cannot } from "./cannot.ts";

const YEAR_MS = 365 * 86_400_000;

const withRuntime = testWith(base);

/** A test on a clock that moves by itself, and only as far as it must. */
function test(name: string, body: () => Promise<void>): void {
  withRuntime(name, { startPaused: true }, body);
}

/** Starts the timer of a sleep. */
function poll(nap: Sleep): void {
  assertPending(task(nap).poll());
}

describe("time_sleep", () => {
  test("immediate_sleep", async () => {
    const start = Instant.now();
    const nap = sleepUntil(start);
    expect(nap.isElapsed).toBe(false);
    await nap;
    expect(nap.isElapsed).toBe(true);
    assertElapsed(start, 0);
  });

  test("is_elapsed", async () => {
    const nap = sleep(10);
    expect(nap.isElapsed).toBe(false);
    poll(nap);
    expect(nap.isElapsed).toBe(false);
    await nap;
    expect(nap.isElapsed).toBe(true);
  });

  test("delayed_sleep_wrapping_level_0", async () => {
    await sleep(5);
    const start = Instant.now();
    await sleep(60);
    assertElapsed(start, 60);
  });

  test("reset_future_sleep_before_fire", async () => {
    const start = Instant.now();
    const nap = sleepUntil(start.add(100));
    poll(nap);
    nap.reset(start.add(200));
    await nap;
    assertElapsed(start, 200);
  });

  test("reset_past_sleep_before_turn", async () => {
    const start = Instant.now();
    const nap = sleepUntil(start.add(100));
    poll(nap);
    nap.reset(start.add(80));
    await nap;
    assertElapsed(start, 80);
  });

  test("reset_past_sleep_before_fire", async () => {
    const start = Instant.now();
    const nap = sleepUntil(start.add(100));
    poll(nap);
    await sleep(10);
    nap.reset(start.add(80));
    await nap;
    assertElapsed(start, 80);
  });

  test("reset_future_sleep_after_fire", async () => {
    const start = Instant.now();
    const nap = sleepUntil(start.add(100));
    await nap;
    assertElapsed(start, 100);
    nap.reset(start.add(110));
    await nap;
    assertElapsed(start, 110);
  });

  test("reset_sleep_to_past", async () => {
    const start = Instant.now();
    const nap = sleepUntil(start.add(100));
    poll(nap);
    await sleep(50);
    nap.reset(start.add(40));
    await nap;
    assertElapsed(start, 50);
  });

  cannot("creating_sleep_outside_of_context", "outside of all runtimes there is the default one");

  test("greater_than_max", async () => {
    const start = Instant.now();
    await sleep(5 * YEAR_MS);
    assertElapsed(start, 5 * YEAR_MS);
  });

  base("short_sleeps", async () => {
    for (let count = 0; count < 1000; count++) await sleep(0);
  });

  test("multi_long_sleeps", async () => {
    const deadline = Instant.now().add(10 * YEAR_MS);
    const naps = Array.from({ length: 5 }, () => spawn(async () => sleep(YEAR_MS)));
    for (const nap of naps) await nap;
    await sleepUntil(deadline);
    expect(Instant.now().compare(deadline)).toBe(0);
  });

  test("long_sleeps", async () => {
    const deadline = Instant.now().add(10 * YEAR_MS);
    await sleepUntil(deadline);
    expect(Instant.now().compare(deadline)).toBe(0);
  });

  test("reset_after_firing", async () => {
    const start = Instant.now();
    using nap = sleep(1);
    await nap;
    nap.reset(start.add(2));
    const waiting = task(nap);
    assertPending(waiting.poll());
    await sleep(1);
    expect(waiting.isWoken).toBe(true);
    assertReady(waiting.poll());
    assertElapsed(start, 2);
  });

  test("exactly_max", async () => {
    using nap = sleep(Number.MAX_VALUE);
    poll(nap);
    expect(nap.deadline.since(Instant.now())).toBeGreaterThan(29 * YEAR_MS);
  });

  test("no_out_of_bounds_close_to_max", async () => {
    for (const ms of [2 ** 36 - 1, 2 ** 36, 2 ** 36 + 1, 29 * YEAR_MS, Infinity]) {
      using nap = sleep(ms);
      poll(nap);
    }
  });

  test("drop_after_reschedule_at_new_scheduled_time", async () => {
    const start = Instant.now();
    const one = sleepUntil(start.add(2));
    const two = sleepUntil(start.add(3));
    const three = sleepUntil(start.add(4));
    for (const nap of [one, two, three]) await poll(nap);
    two.reset(start.add(4));
    three.reset(start.add(2));
    await one;
    two[Symbol.dispose]();
    await three;
    assertElapsed(start, 2);
  });

  test("drop_from_wake", async () => {
    /** Holds many sleeps, and drops them all as soon as the first of them ends. */
    class Group extends Future<void> {
      sleeps = Array.from({ length: 100 }, () => sleep(10));

      poll(waker: Waker): undefined | Pending {
        const ended = this.sleeps.map((nap) => nap.poll(waker) !== PENDING);
        if (!ended.includes(true)) return PENDING;
        this[Symbol.dispose]();
        return undefined;
      }

      [Symbol.dispose](): void {
        for (const nap of this.sleeps.splice(0)) nap[Symbol.dispose]();
      }
    }
    const start = Instant.now();
    await spawn(async () => timeout(60_000, new Group()));
    assertElapsed(start, 10);
  });
});
