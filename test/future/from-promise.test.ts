import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { setContextStore } from "../../src/core/context.ts";
import { CancelledError } from "../../src/error/cancelled.ts";
import { fromPromise } from "../../src/future/from-promise.ts";
import { fromSignal, toFuture } from "../../src/future/work.ts";
import { contextStore } from "../../src/platform/node/context-store.ts";
import { sleep } from "../../src/time/sleep.ts";
import { FakeThread, FakeWaker, poll } from "../time/fake-thread.ts";

beforeAll(() => setContextStore(contextStore));
afterAll(() => setContextStore(undefined));

let thread: FakeThread;
beforeEach(() => {
  thread = new FakeThread();
});
afterEach(() => thread.leave());

const turnOfTheLoop = () => new Promise((done) => setImmediate(done));

describe("fromPromise", () => {
  test("passes on the value, and wakes whoever polled last", async () => {
    let resolve: (value: number) => void = () => {};
    const future = fromPromise(
      new Promise<number>((settle) => {
        resolve = settle;
      }),
    );
    const [first, second] = [new FakeWaker(), new FakeWaker()];
    poll(future, first);
    poll(future, second);
    resolve(5);
    await turnOfTheLoop();
    expect([first.wakes, second.wakes]).toEqual([0, 1]);
    expect(poll(future)).toBe(5);
  });

  test("wakes nobody once it was given up", async () => {
    const future = fromPromise(Promise.resolve(1));
    const waker = new FakeWaker();
    poll(future, waker);
    future[Symbol.dispose]();
    await turnOfTheLoop();
    expect(waker.wakes).toBe(0);
  });

  test("gives back a future as it is", () => {
    const nap = sleep(1);
    expect(fromPromise(nap)).toBe(nap);
    expect(toFuture(nap, "wait")).toBe(nap);
  });
});

describe("fromSignal", () => {
  test("throws what the function throws", () => {
    const future = fromSignal(() => {
      throw new TypeError("at once");
    });
    expect(() => poll(future)).toThrow("at once");
    expect(() => poll(future)).toThrow("Cannot poll future: it has ended");
  });

  test("does nothing if it is given up before it was polled", () => {
    let calls = 0;
    const future = fromSignal(() => {
      calls += 1;
      return Promise.resolve();
    });
    future[Symbol.dispose]();
    expect(() => poll(future)).toThrow("Cannot poll future: it has ended");
    expect(calls).toBe(0);
  });

  test("gives up the operation that its function waits for, and lets it clean up", async () => {
    const seen: unknown[] = [];
    const future = fromSignal(async () => {
      try {
        await Promise.resolve();
        await sleep(100);
      } catch (error) {
        seen.push(error);
      } finally {
        seen.push("finally");
      }
    });
    poll(future);
    await turnOfTheLoop();
    expect(thread.waiters).toBe(1);
    future[Symbol.dispose]();
    await turnOfTheLoop();
    expect(thread.waiters).toBe(0);
    expect(seen).toEqual([expect.any(CancelledError), "finally"]);
  });

  test("stops a function that waits for something foreign at its next operation", async () => {
    const seen: unknown[] = [];
    let go: (value?: unknown) => void = () => {};
    const foreign = new Promise((resolve) => {
      go = resolve;
    });
    const future = fromSignal(async () => {
      await foreign;
      await sleep(100).then(null, (error) => seen.push(error));
    });
    poll(future);
    future[Symbol.dispose]();
    go();
    await turnOfTheLoop();
    expect(seen).toEqual([expect.any(CancelledError)]);
    expect(thread.waiters).toBe(0);
  });

  test("leaves alone what its function does after it has ended well", async () => {
    let nap: PromiseLike<void> | undefined;
    const waker = new FakeWaker();
    const future = fromSignal(async () => {
      nap = sleep(10).then(() => {});
      return 1;
    });
    poll(future, waker);
    await turnOfTheLoop();
    expect(poll(future, waker)).toBe(1);
    future[Symbol.dispose]();
    expect(thread.waiters).toBe(1);
    expect(nap).toBeDefined();
  });
});
