import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ClosedError } from "../../src/error/closed.ts";
import { OutOfMemoryError } from "../../src/error/out-of-memory.ts";
import { FAR_FUTURE_MS } from "../../src/time/duration.ts";
import { Instant } from "../../src/time/instant.ts";
import { sleep, sleepUntil } from "../../src/time/sleep.ts";
import { FakeThread, FakeWaker, poll } from "./fake-thread.ts";

let thread: FakeThread;
beforeEach(() => {
  thread = new FakeThread();
});
afterEach(() => thread.leave());

describe("sleep", () => {
  test("starts its timer with the first poll, for a time counted from the call", () => {
    const nap = sleep(10);
    expect(thread.waiters).toBe(0);
    thread.advance(4);
    expect(poll(nap)).toBe("pending");
    expect([...thread.deadlines.values()]).toEqual([1010]);
    thread.advance(5);
    expect(poll(nap)).toBe("pending");
    expect(nap.isElapsed).toBe(false);
    thread.advance(1);
    expect(nap.isElapsed).toBe(true);
    expect(poll(nap)).toBeUndefined();
    expect(nap.isElapsed).toBe(true);
    expect(thread.waiters).toBe(0);
  });

  test("is never early", () => {
    thread.time = 1000.75;
    const nap = sleep(10);
    poll(nap);
    thread.advance(10);
    expect(poll(nap)).toBe("pending");
    thread.advance(0.25);
    expect(poll(nap)).toBeUndefined();
  });

  test("of no time waits for the next turn", () => {
    const nap = sleep(0);
    expect(poll(nap)).toBe("pending");
    thread.advance(0);
    expect(poll(nap)).toBeUndefined();
  });

  test("takes every number for a delay, and nothing else", () => {
    const deadline = (ms: number) => sleep(ms).deadline.since(Instant.now());
    expect(deadline(-5)).toBe(0);
    expect(deadline(-Infinity)).toBe(0);
    expect(deadline(Infinity)).toBe(FAR_FUTURE_MS);
    expect(deadline(Number.MAX_VALUE)).toBe(FAR_FUTURE_MS);
    expect(() => sleep(Number.NaN)).toThrow("Cannot sleep: ms must be a number, got NaN");
    expect(() => sleep("10" as never)).toThrow(RangeError);
    expect(() => sleep(undefined as never)).toThrow("got undefined");
  });

  test("can be polled again after it has elapsed", () => {
    const nap = sleep(1);
    poll(nap);
    thread.advance(1);
    expect(poll(nap)).toBeUndefined();
    expect(poll(nap)).toBeUndefined();
  });

  test("tells whoever polled last", () => {
    const nap = sleep(10);
    poll(nap, new FakeWaker(3));
    poll(nap, new FakeWaker(5));
    thread.advance(10);
    expect(thread.told).toEqual([5]);
    expect(thread.waiters).toBe(1);
  });

  test("calls for a turn when its timer starts, and only then", () => {
    const nap = sleep(10);
    expect(thread.kicks).toBe(0);
    const waker = new FakeWaker();
    poll(nap, waker);
    expect(thread.kicks).toBe(1);
    poll(nap, waker);
    expect(thread.kicks).toBe(1);
  });

  test("takes a unit of budget as it completes, and waits for the next if there is none", () => {
    const nap = sleep(1);
    const waker = new FakeWaker(9);
    poll(nap, waker);
    thread.advance(1);
    thread.budget = 0;
    expect(poll(nap, waker)).toBe("pending");
    expect(waker.deferrals).toBe(1);
    thread.budget = 5;
    expect(poll(nap, waker)).toBeUndefined();
    expect(thread.budget).toBe(4);
  });

  test("refuses what it cannot do", () => {
    thread.memoryIsFull = true;
    expect(() => poll(sleep(1))).toThrow(OutOfMemoryError);
    thread.memoryIsFull = false;
    thread.isClosed = true;
    expect(() => poll(sleep(1))).toThrow(ClosedError);
  });

  test("needs a runtime that keeps time", () => {
    const timeless = new FakeThread({ timeEnabled: false });
    expect(() => sleep(1)).toThrow("Cannot sleep: time is disabled on this runtime");
    timeless.leave();
  });

  test("gives its timer back when it is disposed, once", () => {
    const nap = sleep(10);
    nap[Symbol.dispose]();
    poll(nap);
    nap[Symbol.dispose]();
    nap[Symbol.dispose]();
    expect(thread.waiters).toBe(0);
    thread.advance(20);
    expect(thread.told).toEqual([]);
    expect(nap.isElapsed).toBe(false);
  });

  test("gives its timer back when it has fired and nobody asked", () => {
    const nap = sleep(1);
    poll(nap);
    thread.advance(1);
    nap[Symbol.dispose]();
    expect(thread.waiters).toBe(0);
  });
});

describe("sleepUntil", () => {
  test("waits for an instant, whichever clock it was read from", () => {
    const deadline = Instant.now().add(25);
    const nap = sleepUntil(deadline);
    expect(nap.deadline.compare(deadline)).toBe(0);
    poll(nap);
    expect([...thread.deadlines.values()]).toEqual([1025]);
    expect(sleepUntil(deadline.add(0.25)).deadline.compare(deadline)).toBe(1);
  });

  test("of a time that is past waits for the next turn", () => {
    const nap = sleepUntil(Instant.now().sub(100));
    expect(poll(nap)).toBe("pending");
    thread.advance(0);
    expect(poll(nap)).toBeUndefined();
  });
});

describe("Sleep.reset", () => {
  const inMs = (ms: number) => Instant.now().add(ms);

  test("moves a timer that runs, and keeps whom it tells", () => {
    const nap = sleep(10);
    poll(nap, new FakeWaker(3));
    nap.reset(inMs(20));
    thread.advance(10);
    expect(nap.isElapsed).toBe(false);
    thread.advance(10);
    expect(thread.told).toEqual([3]);
    expect(poll(nap)).toBeUndefined();
  });

  test("moves a timer that has fired", () => {
    const nap = sleep(1);
    poll(nap);
    thread.advance(1);
    nap.reset(inMs(10));
    expect(nap.isElapsed).toBe(false);
    expect(poll(nap)).toBe("pending");
    thread.advance(10);
    expect(poll(nap)).toBeUndefined();
  });

  test("makes a sleep that has elapsed wait again", () => {
    const nap = sleep(1);
    poll(nap);
    thread.advance(1);
    poll(nap);
    nap.reset(inMs(5));
    expect(nap.isElapsed).toBe(false);
    expect(poll(nap)).toBe("pending");
    thread.advance(5);
    expect(poll(nap)).toBeUndefined();
    expect(thread.waiters).toBe(0);
  });

  test("before the first poll only moves the deadline", () => {
    const nap = sleep(10);
    nap.reset(inMs(30));
    expect(thread.waiters).toBe(0);
    expect(nap.deadline.since(Instant.now())).toBe(30);
  });

  test("calls for a turn, since the new deadline may be the next", () => {
    const nap = sleep(100);
    poll(nap);
    const before = thread.kicks;
    nap.reset(inMs(1));
    expect(thread.kicks).toBe(before + 1);
  });
});

describe("Sleep.arm", () => {
  test("starts the timer for nobody", () => {
    const nap = sleep(10);
    nap.arm();
    nap.arm();
    expect(thread.waiters).toBe(1);
    thread.advance(10);
    expect(thread.told).toEqual([]);
    expect(nap.isElapsed).toBe(true);
    expect(poll(nap)).toBeUndefined();
    expect(thread.waiters).toBe(0);
  });

  test("is followed by a poll that says whom to tell", () => {
    const nap = sleep(10);
    nap.arm();
    expect(poll(nap, new FakeWaker(3))).toBe("pending");
    thread.advance(10);
    expect(thread.told).toEqual([3]);
  });
});

describe("sleep with a signal", () => {
  test("ends with the signal's reason", () => {
    const controller = new AbortController();
    const nap = sleep(10, { signal: controller.signal });
    const waker = new FakeWaker();
    expect(poll(nap, waker)).toBe("pending");
    controller.abort(new Error("enough"));
    expect(waker.wakes).toBe(1);
    expect(() => poll(nap, waker)).toThrow("enough");
    expect(thread.waiters).toBe(0);
  });

  test("does not begin once the signal has aborted", () => {
    const nap = sleep(10, { signal: AbortSignal.abort(new Error("before")) });
    expect(() => poll(nap)).toThrow("before");
    expect(thread.waiters).toBe(0);
  });

  test("tells whoever polled last, and nobody after it has ended", () => {
    const controller = new AbortController();
    const nap = sleep(10, { signal: controller.signal });
    const first = new FakeWaker();
    const second = new FakeWaker();
    poll(nap, first);
    poll(nap, second);
    thread.advance(10);
    expect(poll(nap, second)).toBeUndefined();
    controller.abort();
    expect([first.wakes, second.wakes]).toEqual([0, 0]);
  });

  test("stops listening when it is disposed", () => {
    const controller = new AbortController();
    const nap = sleep(10, { signal: controller.signal });
    const waker = new FakeWaker();
    poll(nap, waker);
    nap[Symbol.dispose]();
    controller.abort();
    expect(waker.wakes).toBe(0);
  });
});
