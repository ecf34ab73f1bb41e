/** Tokio's `time_timeout.rs`. */
import { consumeBudget, ElapsedError, hasBudgetRemaining, spawn } from "tokiwa";
import { Future, PENDING, type Pending, type Waker } from "tokiwa/future";
import { assertElapsed, assertPending, task, testWith } from "tokiwa/test";
import { Instant, timeout, timeoutAt } from "tokiwa/time";
import { test as base, describe, expect } from "vitest";

/** A future that is ready from the beginning. */
class Ready<T> extends Future<T> {
  readonly #value: T;

  constructor(value: T) {
    super();
    this.#value = value;
  }

  poll(): T {
    return this.#value;
  }

  [Symbol.dispose](): void {}
}

/** A promise and the way to settle it, in place of a oneshot channel. */
function oneshot<T>() {
  let send: (value: T) => void = () => {};
  const receiver = new Promise<T>((resolve) => {
    send = resolve;
  });
  return { send, receiver };
}

/** Of a timeout that is pending: what it ends with once there is a value. */
async function endOf(make: (receiver: Promise<string>) => Future<string>): Promise<string> {
  const { send, receiver } = oneshot<string>();
  const limited = make(receiver);
  assertPending(task(limited).poll());
  send("in time");
  return limited;
}

const withRuntime = testWith(base);

/** A test on a clock that moves by itself, and only as far as it must. */
function test(name: string, body: () => Promise<void>): void {
  withRuntime(name, { startPaused: true }, body);
}

describe("time_timeout", () => {
  test("simultaneous_deadline_future_completion", async () => {
    expect(await timeoutAt(Instant.now(), new Ready("ready"))).toBe("ready");
  });

  test("completed_future_past_deadline", async () => {
    expect(await timeoutAt(Instant.now().sub(1000), new Ready("ready"))).toBe("ready");
  });

  test("future_and_deadline_in_future", async () => {
    const deadline = Instant.now().add(100);
    expect(await endOf((receiver) => timeoutAt(deadline, receiver))).toBe("in time");
  });

  test("future_and_timeout_in_future", async () => {
    expect(await endOf((receiver) => timeout(100, receiver))).toBe("in time");
  });

  test("very_large_timeout", async () => {
    expect(await endOf((receiver) => timeout(Number.MAX_VALUE, receiver))).toBe("in time");
  });

  test("deadline_now_elapses", async () => {
    const start = Instant.now();
    const { receiver } = oneshot<string>();
    await expect(timeoutAt(start, receiver)).rejects.toBeInstanceOf(ElapsedError);
    assertElapsed(start, 0);
  });

  base("timeout_is_not_exhausted_by_future", async () => {
    /** Is always ready for more, and so spends the whole budget at every poll. */
    class Greedy extends Future<never> {
      poll(waker: Waker): Pending {
        while (hasBudgetRemaining()) consumeBudget().poll(waker);
        waker.wake();
        return PENDING;
      }

      [Symbol.dispose](): void {}
    }
    await expect(spawn(async () => timeout(1, new Greedy()))).rejects.toMatchObject({
      cause: expect.any(ElapsedError),
    });
    const endless = async () => {
      for (;;) await consumeBudget();
    };
    await expect(spawn(async () => timeout(1, endless))).rejects.toMatchObject({
      cause: expect.any(ElapsedError),
    });
  });
});
