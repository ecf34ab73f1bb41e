/**
 * Tokio's `time_interval.rs`. Upstream pauses the clock and knows every tick by heart; here the
 * clock runs, and what must hold at whatever time the test gets its turn is asserted.
 */
import { Future, PENDING, type Pending, type Waker } from "tokiwa/future";
import { Instant, type Interval, interval, sleepUntil, timeout } from "tokiwa/time";
import { describe, expect, test } from "vitest";

const PERIOD = 10;

/** When a tick was due, in periods since `start`. */
const periods = (due: Instant, start: Instant) => due.compare(start) / PERIOD;

/** Polls an interval's tick like a stream; wakes itself after every tick, or does not. */
class Consumer extends Future<number> {
  ticks = 0;
  readonly #interval: Interval;
  readonly #wakesItself: boolean;

  constructor(from: Interval, wakesItself: boolean) {
    super();
    this.#interval = from;
    this.#wakesItself = wakesItself;
  }

  poll(waker: Waker): number | Pending {
    if (this.#interval.tick().poll(waker) === PENDING) return PENDING;
    this.ticks += 1;
    if (this.ticks === 3) return this.ticks;
    if (this.#wakesItself) waker.wake();
    return PENDING;
  }

  [Symbol.dispose](): void {
    this.#interval[Symbol.dispose]();
  }
}

describe("time_interval", () => {
  test("interval_zero_duration", () => {
    expect(() => interval(0)).toThrow(RangeError);
  });

  test("burst", async () => {
    const start = Instant.now();
    const beat = interval(PERIOD, { startAt: start });
    await beat.tick();
    await sleepUntil(start.add(3.5 * PERIOD));
    for (let count = 1; count <= 5; count++) {
      expect(periods(await beat.tick(), start)).toBeCloseTo(count, 6);
    }
    expect(start.elapsed()).toBeGreaterThanOrEqual(5 * PERIOD);
  });

  test("delay", async () => {
    const start = Instant.now();
    const beat = interval(PERIOD, { startAt: start, missedTick: "delay" });
    await beat.tick();
    await sleepUntil(start.add(2.5 * PERIOD));
    const asked = Instant.now();
    const due = await beat.tick();
    // On a busy machine the first tick was late itself, and this one then is not.
    const missed = asked.compare(due) > 5;
    const next = await beat.tick();
    expect(next.compare(missed ? asked : due)).toBeGreaterThanOrEqual(PERIOD - 0.001);
  });

  test("skip", async () => {
    const start = Instant.now();
    const beat = interval(PERIOD, { startAt: start, missedTick: "skip" });
    await beat.tick();
    await sleepUntil(start.add(3.6 * PERIOD));
    const due = periods(await beat.tick(), start);
    const next = periods(await beat.tick(), start);
    for (const time of [due, next]) expect(time).toBeCloseTo(Math.round(time), 6);
    expect(Math.round(next)).toBeGreaterThanOrEqual(Math.max(4, Math.round(due) + 1));
  });

  /** The next tick, after a reset that plans it for `ms` from some time during the call. */
  async function tickAfterReset(beat: Interval, ms: number, reset: () => void): Promise<void> {
    const before = Instant.now();
    reset();
    const after = Instant.now();
    const due = await beat.tick();
    expect(due.compare(before.add(ms))).toBeGreaterThanOrEqual(-0.001);
    expect(due.compare(after.add(ms))).toBeLessThanOrEqual(0.001);
    const following = await beat.tick();
    expect(periods(following, due)).toBeCloseTo(1, 6);
    expect(following.elapsed()).toBeGreaterThanOrEqual(0);
  }

  test("reset", async () => {
    const beat = interval(PERIOD);
    await beat.tick();
    await tickAfterReset(beat, PERIOD, () => beat.reset());
  });

  test("reset_immediately", async () => {
    const beat = interval(PERIOD);
    await beat.tick();
    await tickAfterReset(beat, 0, () => beat.resetImmediately());
  });

  test("reset_after", async () => {
    const beat = interval(PERIOD);
    await beat.tick();
    await tickAfterReset(beat, 4, () => beat.resetAfter(4));
  });

  test("reset_at", async () => {
    const beat = interval(PERIOD);
    await beat.tick();
    await tickAfterReset(beat, 6, () => beat.resetAt(Instant.now().add(6)));
  });

  test("reset_at_bigger_than_interval", async () => {
    const beat = interval(PERIOD);
    await beat.tick();
    const start = Instant.now();
    await tickAfterReset(beat, 3 * PERIOD, () => beat.resetAt(Instant.now().add(3 * PERIOD)));
    expect(start.elapsed()).toBeGreaterThanOrEqual(4 * PERIOD);
  });

  test("stream_with_interval_poll_tick_self_waking", async () => {
    const consumer = new Consumer(interval(PERIOD), true);
    expect(await consumer).toBe(3);
  });

  test("stream_with_interval_poll_tick_no_waking", async () => {
    const consumer = new Consumer(interval(PERIOD), false);
    await expect(timeout(5 * PERIOD, consumer)).rejects.toThrow("Cannot wait longer");
    expect(consumer.ticks).toBeLessThan(3);
  });

  test("interval_doesnt_panic_max_duration_when_polling", async () => {
    const beat = interval(Number.MAX_VALUE);
    await beat.tick();
    await expect(timeout(1, beat.tick())).rejects.toThrow("Cannot wait longer");
  });
});
