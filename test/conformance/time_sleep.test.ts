/**
 * Tokio's `time_sleep.rs`, on a clock that cannot be stopped: lower bounds only.
 *
 * These need the paused clock and belong to the sync issue:
 *
 * - greater_than_max, multi_long_sleeps, long_sleeps: sleeps of years.
 *
 * These have another meaning here:
 *
 * - creating_sleep_outside_of_context: outside of every runtime there is the default runtime.
 */
import { spawn } from "tokiwa";
import { Future, PENDING, type Pending, type Waker } from "tokiwa/future";
import { Instant, sleep, sleepUntil, timeout } from "tokiwa/time";
import { describe, expect, test } from "vitest";

const YEAR_MS = 365 * 86_400_000;

/** Polls a sleep once, for nobody. */
class PollOnce extends Future<boolean> {
  readonly #inner: Future<unknown>;

  constructor(inner: Future<unknown>) {
    super();
    this.#inner = inner;
  }

  poll(waker: Waker): boolean {
    return this.#inner.poll(waker) !== PENDING;
  }

  [Symbol.dispose](): void {}
}

describe("time_sleep", () => {
  test("immediate_sleep", async () => {
    const nap = sleepUntil(Instant.now());
    expect(nap.isElapsed).toBe(false);
    await nap;
    expect(nap.isElapsed).toBe(true);
  });

  test("is_elapsed", async () => {
    const nap = sleep(10);
    expect(nap.isElapsed).toBe(false);
    expect(await new PollOnce(nap)).toBe(false);
    expect(nap.isElapsed).toBe(false);
    await nap;
    expect(nap.isElapsed).toBe(true);
  });

  test("delayed_sleep_wrapping_level_0", async () => {
    await sleep(5);
    const start = Instant.now();
    await sleep(60);
    expect(start.elapsed()).toBeGreaterThanOrEqual(60);
  });

  test("reset_future_sleep_before_fire", async () => {
    const start = Instant.now();
    const nap = sleepUntil(start.add(20));
    expect(await new PollOnce(nap)).toBe(false);
    nap.reset(start.add(45));
    await nap;
    expect(start.elapsed()).toBeGreaterThanOrEqual(45);
  });

  test("reset_past_sleep_before_turn", async () => {
    const start = Instant.now();
    const nap = sleepUntil(start.add(60_000));
    expect(await new PollOnce(nap)).toBe(false);
    nap.reset(start.add(10));
    // Had the later deadline been kept, the test would end by its own time limit.
    await nap;
    expect(start.elapsed()).toBeGreaterThanOrEqual(10);
  });

  test("reset_past_sleep_before_fire", async () => {
    const start = Instant.now();
    const nap = sleepUntil(start.add(60_000));
    expect(await new PollOnce(nap)).toBe(false);
    await sleep(5);
    nap.reset(start.add(15));
    await nap;
    expect(start.elapsed()).toBeGreaterThanOrEqual(15);
  });

  test("reset_future_sleep_after_fire", async () => {
    const nap = sleep(5);
    await nap;
    const again = Instant.now();
    nap.reset(again.add(10));
    expect(nap.isElapsed).toBe(false);
    await nap;
    expect(again.elapsed()).toBeGreaterThanOrEqual(10);
  });

  test("reset_sleep_to_past", async () => {
    const start = Instant.now();
    const nap = sleepUntil(start.add(60_000));
    expect(await new PollOnce(nap)).toBe(false);
    await sleep(5);
    nap.reset(start.add(1));
    await nap;
    expect(nap.isElapsed).toBe(true);
  });

  test("short_sleeps", async () => {
    for (let count = 0; count < 1000; count++) await sleep(0);
  });

  test("reset_after_firing", async () => {
    const nap = sleep(1);
    await nap;
    nap.reset(Instant.now().add(60_000));
    expect(await new PollOnce(nap)).toBe(false);
    nap.reset(Instant.now().add(2));
    await nap;
    expect(nap.isElapsed).toBe(true);
    nap[Symbol.dispose]();
  });

  test("exactly_max", async () => {
    const nap = sleep(Number.MAX_VALUE);
    expect(await new PollOnce(nap)).toBe(false);
    expect(nap.deadline.since(Instant.now())).toBeGreaterThan(29 * YEAR_MS);
    nap[Symbol.dispose]();
  });

  test("no_out_of_bounds_close_to_max", async () => {
    for (const ms of [2 ** 36 - 1, 2 ** 36, 2 ** 36 + 1, 29 * YEAR_MS, Infinity]) {
      const nap = sleep(ms);
      expect(await new PollOnce(nap)).toBe(false);
      nap[Symbol.dispose]();
    }
  });

  test("drop_after_reschedule_at_new_scheduled_time", async () => {
    const start = Instant.now();
    const [one, two, three] = [start.add(20), start.add(30), start.add(40)].map((deadline) =>
      sleepUntil(deadline),
    ) as [ReturnType<typeof sleep>, ReturnType<typeof sleep>, ReturnType<typeof sleep>];
    for (const nap of [one, two, three]) expect(await new PollOnce(nap)).toBe(false);
    two.reset(start.add(40));
    three.reset(start.add(20));
    await one;
    two[Symbol.dispose]();
    await three;
    expect(start.elapsed()).toBeGreaterThanOrEqual(20);
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
    await spawn(async () => {
      await timeout(60_000, new Group());
    });
  });
});
