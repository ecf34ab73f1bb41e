import { Notify, Runtime, sleep, spawn, yieldNow } from "tokiwa";
import { Future, PENDING, type Pending, type Waker } from "tokiwa/future";
import { oneshot } from "tokiwa/sync";
import {
  advance,
  assertElapsed,
  assertNoTasks,
  assertPending,
  assertReady,
  assertReadyEq,
  assertReadyErr,
  task,
  testWith,
} from "tokiwa/test";
import { Instant } from "tokiwa/time";
import { test as base, describe, expect } from "vitest";

const test = testWith(base);

describe("task", () => {
  test("tells at once that a primitive has woken it", async () => {
    const signal = new Notify();
    using waiting = task(signal.notified());
    assertPending(waiting.poll());
    expect([waiting.isWoken, waiting.wakes]).toEqual([false, 0]);
    signal.notifyOne();
    expect([waiting.isWoken, waiting.wakes]).toEqual([true, 1]);
    assertReadyEq(waiting.poll(), undefined);
    expect([waiting.isWoken, waiting.wakes]).toEqual([false, 1]);
  });

  test("counts the wakes of timers and deferrals", { startPaused: true }, async () => {
    using nap = task(sleep(5));
    assertPending(nap.poll());
    await advance(5);
    expect(nap.isWoken).toBe(true);
    assertReady(nap.poll());
    using yielding = task(yieldNow());
    assertPending(yielding.poll());
    assertReady(yielding.pollUntilIdle());
  });

  test("gives the future up when it is disposed", async () => {
    const { sender, receiver } = oneshot.channel<number>();
    const waiting = task(receiver.recv());
    assertPending(waiting.poll());
    waiting[Symbol.dispose]();
    sender.send(7);
    expect(await receiver.recv()).toBe(7);
  });

  test("throws what the future fails with", async () => {
    const { sender, receiver } = oneshot.channel<number>();
    using waiting = task(receiver.recv());
    assertPending(waiting.poll());
    sender[Symbol.dispose]();
    expect(waiting.isWoken).toBe(true);
    expect(assertReadyErr(() => waiting.poll())).toMatchObject({ name: "ClosedError" });
  });

  base("waits in the runtime that its future was made in", async () => {
    await using other = await Runtime.create({ flavor: "currentThread" });
    const signal = await other.run(() => new Notify());
    using waiting = task(signal.notified());
    assertPending(waiting.poll());
    await other.spawn(async () => signal.notifyOne());
    expect(waiting.isWoken).toBe(true);
    assertReady(waiting.poll());
  });

  test("refuses what is neither future nor stream", () => {
    expect(() => task(Promise.resolve() as never)).toThrow(
      "expected a future or a stream, got a promise",
    );
  });
});

describe("assertions", () => {
  test("tell what they have found", { startPaused: true }, async () => {
    expect(assertReady(5)).toBe(5);
    expect(() => assertReady(PENDING)).toThrow("the future is pending");
    expect(() => assertReadyEq<number>(5, 6)).toThrow("expected 6, got 5");
    expect(() => assertPending("value")).toThrow('got the value "value"');
    expect(() => assertReadyErr(() => 5)).toThrow("the future has the value 5");
    expect(() => assertReadyErr(() => PENDING)).toThrow("the future is pending");
    const start = Instant.now();
    await advance(5);
    assertElapsed(start, 5);
    expect(() => assertElapsed(start, 6)).toThrow("expected 6 ms to have passed, got 5 ms");
    expect(() => assertElapsed(start, 4)).toThrow("expected 4 ms to have passed, got 5 ms");
  });

  test("assertNoTasks: names the tasks that are left", async () => {
    assertNoTasks();
    const left = spawn(async () => sleep(60_000), { name: "forgotten" });
    expect(() => assertNoTasks()).toThrow(
      `Cannot go on: 1 task has not ended: ${left.id} "forgotten"`,
    );
    await spawn(async () => {
      expect(() => assertNoTasks()).toThrow("1 task has");
    });
    left.abort();
    await left.catch(() => {});
    assertNoTasks();
  });
});

describe("testWith", () => {
  /** Runs a test in nobody's framework. */
  function run(...rest: unknown[]): Promise<void> {
    let ran = Promise.resolve();
    const define = testWith((_name: string, body: (context: string) => Promise<void>) => {
      ran = body("context");
    });
    (define as (...all: unknown[]) => void)("a name", ...rest);
    return ran;
  }

  base("hands on what the framework passes, and what the test throws", async () => {
    let seen: unknown;
    await run((context: unknown) => {
      seen = context;
    });
    expect(seen).toBe("context");
    await expect(run(() => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  });

  base("cancels the tasks that a test leaves behind", async () => {
    let ended = false;
    await run(async () => {
      spawn(async () => {
        try {
          await sleep(60_000);
        } finally {
          ended = true;
        }
      });
      await yieldNow();
    });
    expect(ended).toBe(true);
  });

  base("checks the options as the test is defined", () => {
    expect(() => run({ startPause: true }, () => {})).toThrow('did you mean "startPaused"?');
    expect(() => run({ workerThreads: 1, startPaused: true }, () => {})).toThrow("startPaused");
    expect(() => run({ seed: -1 }, () => {})).toThrow("Seed must be");
    expect(() => run("options")).toThrow("expected a function");
  });
});

/** Wakes itself for so many polls, and then is ready. */
class Restless extends Future<number> {
  polls = 0;
  readonly #until: number;

  constructor(until: number) {
    super();
    this.#until = until;
  }

  poll(waker: Waker): number | Pending {
    this.polls += 1;
    if (this.polls >= this.#until) return this.polls;
    waker.wake();
    return PENDING;
  }

  [Symbol.dispose](): void {}
}

test("task.pollUntilIdle: polls 150 times and no more", () => {
  expect(task(new Restless(150)).pollUntilIdle()).toBe(150);
  const endless = new Restless(1000);
  expect(() => task(endless).pollUntilIdle()).toThrow("still woken after 150 polls");
  expect(endless.polls).toBe(150);
});
