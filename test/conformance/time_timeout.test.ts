/** Tokio's `time_timeout.rs`, on a clock that cannot be stopped. */
import { consumeBudget, ElapsedError, hasBudgetRemaining, spawn } from "tokiwa";
import { Future, PENDING, type Pending, type Waker } from "tokiwa/future";
import { Instant, sleep, timeout, timeoutAt } from "tokiwa/time";
import { describe, expect, test } from "vitest";

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

describe("time_timeout", () => {
  test("simultaneous_deadline_future_completion", async () => {
    expect(await timeoutAt(Instant.now(), new Ready("ready"))).toBe("ready");
  });

  test("completed_future_past_deadline", async () => {
    expect(await timeoutAt(Instant.now().sub(1000), new Ready("ready"))).toBe("ready");
  });

  test("future_and_deadline_in_future", async () => {
    const { send, receiver } = oneshot<string>();
    const limited = spawn(async () => timeoutAt(Instant.now().add(60_000), receiver));
    await sleep(2);
    send("in time");
    expect(await limited).toBe("in time");
  });

  test("future_and_timeout_in_future", async () => {
    const { send, receiver } = oneshot<string>();
    const limited = spawn(async () => timeout(60_000, receiver));
    await sleep(2);
    send("in time");
    expect(await limited).toBe("in time");
  });

  test("very_large_timeout", async () => {
    const { send, receiver } = oneshot<string>();
    const limited = spawn(async () => timeout(Number.MAX_VALUE, receiver));
    await sleep(2);
    send("in time");
    expect(await limited).toBe("in time");
  });

  test("deadline_now_elapses", async () => {
    const { receiver } = oneshot<string>();
    await expect(timeoutAt(Instant.now(), receiver)).rejects.toBeInstanceOf(ElapsedError);
  });

  test("timeout_is_not_exhausted_by_future", async () => {
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
