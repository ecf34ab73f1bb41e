/** tokio-test's `task.rs`. */
import { Future, PENDING, type Pending, type Waker } from "tokiwa/future";
import { pending } from "tokiwa/stream";
import { assertReadyEq, mockStream, task, testWith } from "tokiwa/test";
import { test as base, describe, expect } from "vitest";

const test = testWith(base);

/** Is pending for so many polls, and wakes itself at so many of them. */
class Countdown extends Future<string> {
  polls = 0;
  readonly #pendings: number;
  readonly #wakes: number;

  constructor(pendings: number, wakes: number) {
    super();
    this.#pendings = pendings;
    this.#wakes = wakes;
  }

  poll(waker: Waker): string | Pending {
    this.polls += 1;
    if (this.polls > this.#pendings) return "ready";
    if (this.polls <= this.#wakes) waker.wake();
    return PENDING;
  }

  [Symbol.dispose](): void {}
}

describe("task", () => {
  test("test_spawn_stream_size_hint", () => {
    const known = task(mockStream<number>().next(1).wait(1).next(2).build());
    expect(known.sizeHint).toEqual([2, 2]);
    expect(known.pollNext()).toBe(1);
    expect(known.sizeHint).toEqual([1, 1]);
    expect(task(pending()).sizeHint).toEqual([0, Number.POSITIVE_INFINITY]);
  });

  test("poll_until_idle_ready", () => {
    assertReadyEq(task(new Countdown(0, 0)).pollUntilIdle(), "ready");
  });

  test("poll_until_idle_pending_not_woken", () => {
    const countdown = new Countdown(1, 0);
    expect(task(countdown).pollUntilIdle()).toBe(PENDING);
    expect(countdown.polls).toBe(1);
  });

  test("poll_until_idle_advances_on_wake", () => {
    const countdown = new Countdown(1, 1);
    assertReadyEq(task(countdown).pollUntilIdle(), "ready");
    expect(countdown.polls).toBe(2);
  });

  test("poll_until_idle_multiple_wakes", () => {
    const countdown = new Countdown(10, 10);
    assertReadyEq(task(countdown).pollUntilIdle(), "ready");
    expect(countdown.polls).toBe(11);
  });

  test("poll_until_idle_panics_on_infinite_wake", () => {
    const endless = new Countdown(Infinity, Infinity);
    expect(() => task(endless).pollUntilIdle()).toThrow("still woken after 150 polls");
  });
});
