import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ElapsedError } from "../../src/error/elapsed.ts";
import { OutOfMemoryError } from "../../src/error/out-of-memory.ts";
import { Future, PENDING, type Pending, type Waker } from "../../src/future/future.ts";
import { Instant } from "../../src/time/instant.ts";
import { sleep } from "../../src/time/sleep.ts";
import { timeout, timeoutAt } from "../../src/time/timeout.ts";
import { FakeThread, FakeWaker, poll } from "./fake-thread.ts";

let thread: FakeThread;
beforeEach(() => {
  thread = new FakeThread();
});
afterEach(() => thread.leave());

/** Does what it is told. */
class Scripted extends Future<string> {
  answer: string | Pending | Error = PENDING;
  polls = 0;
  disposals = 0;
  onPoll: () => void = () => {};

  poll(_waker: Waker): string | Pending {
    this.polls += 1;
    this.onPoll();
    if (this.answer instanceof Error) throw this.answer;
    return this.answer;
  }

  [Symbol.dispose](): void {
    this.disposals += 1;
  }
}

describe("timeout", () => {
  test("passes on what is ready, without a timer", () => {
    const work = new Scripted();
    work.answer = "done";
    expect(poll(timeout(0, work))).toBe("done");
    expect(thread.waiters).toBe(0);
  });

  test("gives its work up if there is no timer to be had", () => {
    const work = new Scripted();
    thread.memoryIsFull = true;
    expect(() => poll(timeout(10, work))).toThrow(OutOfMemoryError);
    expect(work.disposals).toBe(1);
  });

  test("passes on what comes in time, and stops its timer", () => {
    const work = new Scripted();
    const limited = timeout(10, work);
    expect(poll(limited)).toBe("pending");
    thread.advance(9);
    work.answer = "done";
    expect(poll(limited)).toBe("done");
    expect(thread.waiters).toBe(0);
    expect(work.disposals).toBe(0);
  });

  test("throws when the time has passed, and gives the work up", () => {
    const work = new Scripted();
    const limited = timeout(10, work);
    poll(limited);
    thread.advance(10);
    expect(() => poll(limited)).toThrow(new ElapsedError(10));
    expect(work.disposals).toBe(1);
    expect(thread.waiters).toBe(0);
  });

  test("prefers a value to a deadline that has passed as well", () => {
    const work = new Scripted();
    const limited = timeout(10, work);
    poll(limited);
    thread.advance(1000);
    work.answer = "late";
    expect(poll(limited)).toBe("late");
  });

  test("passes on an error, and stops its timer", () => {
    const work = new Scripted();
    const limited = timeout(10, work);
    poll(limited);
    work.answer = new Error("broken");
    expect(() => poll(limited)).toThrow("broken");
    expect(thread.waiters).toBe(0);
  });

  test("counts from the call", () => {
    const limited = timeout(10, new Scripted());
    thread.advance(8);
    poll(limited);
    thread.advance(2);
    expect(() => poll(limited)).toThrow(ElapsedError);
  });

  test("gives up both when it is given up", () => {
    const work = new Scripted();
    const limited = timeout(10, work);
    poll(limited);
    limited[Symbol.dispose]();
    expect(work.disposals).toBe(1);
    expect(thread.waiters).toBe(0);
  });

  test("is not outrun by work that spends the whole budget at every poll", () => {
    const work = new Scripted();
    work.onPoll = () => {
      thread.budget = 0;
    };
    const limited = timeout(10, work);
    const waker = new FakeWaker();
    poll(limited, waker);
    thread.advance(10);
    thread.budget = 128;
    expect(() => poll(limited, waker)).toThrow(ElapsedError);
    expect(thread.budget).toBe(0);
    expect(waker.deferrals).toBe(0);
  });

  test("waits its turn if there was no budget to begin with", () => {
    const limited = timeout(10, new Scripted());
    poll(limited);
    thread.advance(10);
    thread.budget = 0;
    const waker = new FakeWaker();
    expect(poll(limited, waker)).toBe("pending");
    expect(waker.deferrals).toBe(1);
  });

  test("nests: the inner limit is the first to end", () => {
    const limited = timeout(100, timeout(10, sleep(1000)));
    poll(limited);
    expect(thread.waiters).toBe(3);
    thread.advance(10);
    expect(() => poll(limited)).toThrow(new ElapsedError(10));
    expect(thread.waiters).toBe(0);
  });

  test("refuses what cannot be waited for, and limits that are no numbers", () => {
    const what = (work: unknown) => expect(() => timeout(1, work as never));
    what(5).toThrow("Cannot start timeout: expected a future, a promise or a function, got 5");
    what(null).toThrow("got null");
    expect(() => timeout(Number.NaN, new Scripted())).toThrow(
      "Cannot start timeout: ms must be a number, got NaN",
    );
  });
});

describe("timeout of promises and functions", () => {
  test("passes on what a promise resolves or rejects to", async () => {
    const waker = new FakeWaker();
    const limited = timeout(10, Promise.resolve("value"));
    expect(poll(limited, waker)).toBe("pending");
    await Promise.resolve();
    expect(waker.wakes).toBe(1);
    expect(poll(limited, waker)).toBe("value");
    const broken = timeout(10, Promise.reject(new Error("no")));
    poll(broken, waker);
    await Promise.resolve();
    expect(() => poll(broken, waker)).toThrow("no");
  });

  test("does not call a function before the first poll, nor more than once", () => {
    let calls = 0;
    const limited = timeout(10, () => {
      calls += 1;
      return new Promise(() => {});
    });
    expect(calls).toBe(0);
    poll(limited);
    poll(limited);
    expect(calls).toBe(1);
  });

  test("takes a plain value, and a future, from a function", () => {
    expect(poll(timeout(10, () => "plain"))).toBe("plain");
    const work = new Scripted();
    const limited = timeout(10, () => work);
    expect(poll(limited)).toBe("pending");
    thread.advance(10);
    expect(() => poll(limited)).toThrow(ElapsedError);
    expect(work.disposals).toBe(1);
  });

  test("aborts the signal of a function whose time has run out", () => {
    let given: AbortSignal | undefined;
    const limited = timeout(10, (signal) => {
      given = signal;
      return new Promise(() => {});
    });
    poll(limited);
    expect(given?.aborted).toBe(false);
    thread.advance(10);
    expect(() => poll(limited)).toThrow(ElapsedError);
    expect(given?.aborted).toBe(true);
    expect(given?.reason).toMatchObject({ name: "CancelledError" });
  });

  test("does not abort the signal of a function that has ended", async () => {
    let given: AbortSignal | undefined;
    const limited = timeout(10, (signal) => {
      given = signal;
      return Promise.resolve(1);
    });
    poll(limited);
    await Promise.resolve();
    expect(poll(limited)).toBe(1);
    limited[Symbol.dispose]();
    expect(given?.aborted).toBe(false);
  });

  test("lets nobody hear of a promise that fails after its time", async () => {
    const unheard: unknown[] = [];
    const onUnheard = (reason: unknown) => unheard.push(reason);
    process.on("unhandledRejection", onUnheard);
    let reject: (reason: Error) => void = () => {};
    const work = new Promise<never>((_, refuse) => {
      reject = refuse;
    });
    const limited = timeout(10, work);
    poll(limited);
    thread.advance(10);
    expect(() => poll(limited)).toThrow(ElapsedError);
    reject(new Error("late"));
    await new Promise((done) => setImmediate(done));
    process.off("unhandledRejection", onUnheard);
    expect(unheard).toEqual([]);
  });
});

describe("timeoutAt", () => {
  test("counts to an instant", () => {
    const limited = timeoutAt(Instant.now().add(10), new Scripted());
    poll(limited);
    thread.advance(10);
    expect(() => poll(limited)).toThrow(new ElapsedError(10));
  });

  test("of a time that is past still asks once", () => {
    const work = new Scripted();
    work.answer = "done";
    expect(poll(timeoutAt(Instant.now().sub(5), work))).toBe("done");
    const limited = timeoutAt(Instant.now().sub(5), new Scripted());
    poll(limited);
    thread.advance(0);
    expect(() => poll(limited)).toThrow(new ElapsedError(0));
  });
});
