import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAR_FUTURE_MS } from "../../src/time/duration.ts";
import { Instant } from "../../src/time/instant.ts";
import { type Interval, interval } from "../../src/time/interval.ts";
import { FakeThread, FakeWaker, poll } from "./fake-thread.ts";

let thread: FakeThread;
beforeEach(() => {
  thread = new FakeThread();
});
afterEach(() => thread.leave());

/** The thread's clock began at 500 on the process's, and stands at 1000 when a test begins. */
const BEGIN = 1500;

/** What a tick answers: when it was due, counted from the beginning of the test. */
function tick(from: Interval): number | "pending" {
  const due = poll(from.tick());
  // A fake timer must fire before it is seen, even if it is due at once.
  if (due !== "pending") return due.valueOf() - BEGIN;
  thread.advance(0);
  const again = poll(from.tick());
  return again === "pending" ? again : again.valueOf() - BEGIN;
}

describe("interval", () => {
  test("ticks now, and then once a period", () => {
    const beat = interval(10);
    expect(beat.period).toBe(10);
    expect(tick(beat)).toBe(0);
    expect(tick(beat)).toBe("pending");
    thread.advance(9);
    expect(tick(beat)).toBe("pending");
    thread.advance(1);
    expect(tick(beat)).toBe(10);
  });

  test("begins when it is told to", () => {
    const beat = interval(10, { startAt: Instant.now().add(25) });
    thread.advance(24);
    expect(tick(beat)).toBe("pending");
    thread.advance(1);
    expect(tick(beat)).toBe(25);
    thread.advance(10);
    expect(tick(beat)).toBe(35);
  });

  test("refuses periods that are none", () => {
    for (const period of [0, -1, Number.NaN]) {
      expect(() => interval(period)).toThrow(
        `Cannot make interval: the period must be more than 0 ms, got ${period}`,
      );
    }
    expect(() => interval("10" as never)).toThrow("Cannot make interval: ms must be a number");
    expect(() => interval(1, { missedTick: "later" as never })).toThrow(
      'Cannot make interval: missedTick must be "burst" or "delay" or "skip", got "later"',
    );
    expect(() => {
      interval(1).missedTick = "never" as never;
    }).toThrow(RangeError);
  });

  test("may have a period without end", () => {
    const beat = interval(Infinity);
    expect(tick(beat)).toBe(0);
    expect(beat.period).toBe(FAR_FUTURE_MS);
    expect(tick(beat)).toBe("pending");
  });

  test("keeps fractions, so that the ticks do not drift", () => {
    const beat = interval(2.5);
    const ticks: unknown[] = [tick(beat)];
    for (let count = 0; count < 4; count++) {
      thread.advance(2.5);
      thread.advance(0.5);
      ticks.push(tick(beat));
      thread.advance(-0.5);
    }
    expect(ticks).toEqual([0, 2.5, 5, 7.5, 10]);
  });
});

describe("Interval.missedTick", () => {
  /** Ticks of a period of 10 that is looked at after so many milliseconds each. */
  function ticksAfter(beat: Interval, ...waits: number[]): unknown[] {
    const first = tick(beat);
    const later = waits.map((ms) => {
      thread.advance(ms);
      return tick(beat);
    });
    return [first, ...later];
  }

  test("burst delivers every missed tick at once", () => {
    const beat = interval(10);
    expect(beat.missedTick).toBe("burst");
    expect(ticksAfter(beat, 35, 0, 0, 0, 5)).toEqual([0, 10, 20, 30, "pending", 40]);
  });

  test("delay goes on one period after the late tick", () => {
    const beat = interval(10, { missedTick: "delay" });
    expect(ticksAfter(beat, 35, 0, 9, 1, 10)).toEqual([0, 10, "pending", "pending", 45, 55]);
  });

  test("skip goes on where the plan has the next tick", () => {
    const beat = interval(10, { missedTick: "skip" });
    expect(ticksAfter(beat, 35, 0, 5, 10)).toEqual([0, 10, "pending", 40, 50]);
  });

  test("does not call a tick missed that is 5 ms late", () => {
    for (const missedTick of ["delay", "skip"] as const) {
      const plan = new FakeThread();
      thread = plan;
      const beat = interval(10, { missedTick });
      expect(ticksAfter(beat, 15, 5, 15.5)).toEqual([0, 10, 20, 30]);
      plan.leave();
    }
  });

  test("can change on the way", () => {
    const beat = interval(10);
    expect(ticksAfter(beat, 35)).toEqual([0, 10]);
    beat.missedTick = "skip";
    expect(tick(beat)).toBe(20);
    expect(tick(beat)).toBe("pending");
    thread.advance(5);
    expect(tick(beat)).toBe(40);
  });
});

describe("Interval.reset", () => {
  test("plans the next tick for a period from now", () => {
    const beat = interval(10);
    tick(beat);
    thread.advance(7);
    beat.reset();
    thread.advance(9);
    expect(tick(beat)).toBe("pending");
    thread.advance(1);
    expect(tick(beat)).toBe(17);
  });

  test("resetImmediately plans it for now", () => {
    const beat = interval(10);
    tick(beat);
    thread.advance(3);
    beat.resetImmediately();
    expect(tick(beat)).toBe(3);
    thread.advance(10);
    expect(tick(beat)).toBe(13);
  });

  test("resetAfter and resetAt plan it as they are told", () => {
    const beat = interval(10);
    tick(beat);
    beat.resetAfter(25);
    thread.advance(24);
    expect(tick(beat)).toBe("pending");
    thread.advance(1);
    expect(tick(beat)).toBe(25);
    beat.resetAt(Instant.now().add(3));
    thread.advance(3);
    expect(tick(beat)).toBe(28);
    thread.advance(10);
    expect(tick(beat)).toBe(38);
  });

  test("moves the tick that somebody waits for", () => {
    const beat = interval(10, { startAt: Instant.now().add(100) });
    const waiting = beat.tick();
    poll(waiting, new FakeWaker(3));
    beat.resetAfter(1);
    thread.advance(1);
    expect(thread.told).toEqual([3]);
    expect(poll(waiting)).not.toBe("pending");
  });
});

describe("Interval.tick", () => {
  test("that is given up leaves the tick to the next call", () => {
    const beat = interval(10, { startAt: Instant.now().add(10) });
    const given = beat.tick();
    poll(given);
    given[Symbol.dispose]();
    expect(thread.waiters).toBe(0);
    thread.advance(30);
    expect(tick(beat)).toBe(10);
  });

  test("that has come cannot stop the next", () => {
    const beat = interval(10);
    const first = beat.tick();
    poll(first);
    thread.advance(0);
    poll(first);
    const second = beat.tick();
    poll(second);
    first[Symbol.dispose]();
    expect(thread.waiters).toBe(1);
    expect(() => poll(first)).toThrow("Cannot wait for tick: it has come already");
  });

  test("holds no timer while nobody waits", () => {
    const beat = interval(10);
    tick(beat);
    expect(thread.waiters).toBe(0);
    tick(beat);
    expect(thread.waiters).toBe(1);
    beat[Symbol.dispose]();
    expect(thread.waiters).toBe(0);
  });
});
