/** Tokio's `time_interval.rs`. */
import { Future, PENDING, type Pending, type Waker } from "tokiwa/future";
import { advance, task, testWith } from "tokiwa/test";
import { Instant, type Interval, interval } from "tokiwa/time";
import { test as base, describe, expect } from "vitest";

const withRuntime = testWith(base);

/** A test on a clock that stands still: every tick is known. */
function test(name: string, body: () => unknown): void {
  withRuntime(name, { startPaused: true }, body);
}

/** When the tick that is there was due, counted from `start`; undefined if there is none. */
function tick(beat: Interval, start: Instant): number | undefined {
  using waiting = task(beat.tick());
  const due = waiting.pollUntilIdle();
  return due === PENDING ? undefined : due.since(start);
}

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
    using beat = interval(300);
    expect([tick(beat, start), tick(beat, start)]).toEqual([0, undefined]);
    await advance(1000);
    const late = [1, 2, 3, 4].map(() => tick(beat, start));
    expect(late).toEqual([300, 600, 900, undefined]);
    await advance(200);
    expect([tick(beat, start), tick(beat, start)]).toEqual([1200, undefined]);
  });

  test("delay", async () => {
    const start = Instant.now();
    using beat = interval(300, { missedTick: "delay" });
    expect([tick(beat, start), tick(beat, start)]).toEqual([0, undefined]);
    await advance(1000);
    expect([tick(beat, start), tick(beat, start)]).toEqual([300, undefined]);
    await advance(299);
    expect(tick(beat, start)).toBeUndefined();
    await advance(1);
    expect(tick(beat, start)).toBe(1300);
  });

  test("skip", async () => {
    const start = Instant.now();
    using beat = interval(300, { missedTick: "skip" });
    expect([tick(beat, start), tick(beat, start)]).toEqual([0, undefined]);
    await advance(1000);
    expect([tick(beat, start), tick(beat, start)]).toEqual([300, undefined]);
    await advance(199);
    expect(tick(beat, start)).toBeUndefined();
    await advance(1);
    expect([tick(beat, start), tick(beat, start)]).toEqual([1200, undefined]);
  });

  /** Ticks after a reset in the middle of a period: the first that come, counted from `start`. */
  async function ticksAfter(reset: (beat: Interval) => void, waits: readonly number[]) {
    const start = Instant.now();
    using beat = interval(300);
    tick(beat, start);
    await advance(100);
    reset(beat);
    const found: (number | undefined)[] = [tick(beat, start)];
    for (const ms of waits) {
      await advance(ms);
      found.push(tick(beat, start));
    }
    return found;
  }

  test("reset", async () => {
    const found = await ticksAfter((beat) => beat.reset(), [299, 1, 299, 1]);
    expect(found).toEqual([undefined, undefined, 400, undefined, 700]);
  });

  test("reset_immediately", async () => {
    const found = await ticksAfter((beat) => beat.resetImmediately(), [299, 1]);
    expect(found).toEqual([100, undefined, 400]);
  });

  test("reset_after", async () => {
    const found = await ticksAfter((beat) => beat.resetAfter(20), [19, 1, 299, 1]);
    expect(found).toEqual([undefined, undefined, 120, undefined, 420]);
  });

  test("reset_at", async () => {
    const found = await ticksAfter((beat) => beat.resetAt(Instant.now().add(40)), [39, 1, 299, 1]);
    expect(found).toEqual([undefined, undefined, 140, undefined, 440]);
  });

  test("reset_at_bigger_than_interval", async () => {
    const found = await ticksAfter(
      (beat) => beat.resetAt(Instant.now().add(1000)),
      [300, 699, 1, 299, 1],
    );
    expect(found).toEqual([undefined, undefined, undefined, 1100, undefined, 1400]);
  });

  test("stream_with_interval_poll_tick_self_waking", async () => {
    const start = Instant.now();
    expect(await new Consumer(interval(1), true)).toBe(3);
    expect(start.elapsed()).toBe(2);
  });

  test("stream_with_interval_poll_tick_no_waking", async () => {
    const consumer = new Consumer(interval(1), false);
    using waiting = task(consumer);
    expect(waiting.pollUntilIdle()).toBe(PENDING);
    await advance(20);
    expect([consumer.ticks, waiting.isWoken]).toEqual([1, false]);
  });

  test("interval_doesnt_panic_max_duration_when_polling", async () => {
    const start = Instant.now();
    using beat = interval(Number.MAX_VALUE);
    expect([tick(beat, start), tick(beat, start)]).toEqual([0, undefined]);
  });
});
