/** What happens to code when its task is aborted. */
import { CancelledError, Future, JoinError, sleep, spawn, type Waker, yieldNow } from "tokiwa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as portable from "../conformance/fixtures/tasks.mjs";
import { runtimesOf } from "../conformance/flavors.ts";
import { Gate } from "../support/gate.ts";
import { deferred, rejection, turns, until } from "../support/waiting.ts";

const make = runtimesOf({ workerThreads: 1 });

let gate: Gate;
beforeEach(() => {
  gate = new Gate();
});
afterEach(() => gate.open());

const CANCELLED = { name: "JoinError", isCancelled: true };

describe("abort of an async function", () => {
  test("rejects what it waits for, and runs its finally", async () => {
    const seen: unknown[] = [];
    const task = spawn(async () => {
      try {
        await sleep(1e9);
      } catch (reason) {
        seen.push(reason);
        throw reason;
      } finally {
        seen.push("finally");
      }
    });
    await turns();
    task.abort();
    expect(await rejection(task)).toMatchObject(CANCELLED);
    expect(seen).toEqual([expect.any(CancelledError), "finally"]);
  });

  test("reaches it although a forgotten wait has woken it meanwhile", async () => {
    const forgotten = sleep(20);
    class Careless extends Future<void> {
      poll(waker: Waker) {
        forgotten.poll(waker);
        return undefined;
      }
      [Symbol.dispose]() {}
    }
    await spawn(function* () {
      yield* new Careless();
    });
    // It has the place in the core that the other task had.
    const task = spawn(async () => new Promise(() => {}));
    await until(() => forgotten.isElapsed);
    await turns();
    task.abort();
    expect(await rejection(task)).toMatchObject(CANCELLED);
  });

  test("lets its cleanup wait before the handle settles", async () => {
    const steps: string[] = [];
    const task = spawn(async () => {
      try {
        await sleep(1e9);
      } finally {
        await sleep(5);
        await yieldNow();
        steps.push("cleaned");
      }
    });
    await turns();
    task.abort();
    expect(await rejection(task)).toMatchObject(CANCELLED);
    expect(steps).toEqual(["cleaned"]);
  });

  test("in a foreign promise settles the handle at once, and stops at the next wait", async () => {
    const foreign = deferred();
    const steps: string[] = [];
    const task = spawn(async () => {
      await foreign.promise;
      steps.push("went on");
      try {
        await sleep(1e9);
        steps.push("slept");
      } finally {
        steps.push("stopped");
      }
    });
    await turns();
    task.abort();
    expect(await rejection(task)).toMatchObject(CANCELLED);
    expect(steps).toEqual([]);
    foreign.resolve();
    await until(() => steps.length === 2);
    expect(steps).toEqual(["went on", "stopped"]);
  });

  test("by one that begins just before it never runs it", async () => {
    let hasRun = false;
    const first = spawn(async () => second.abort());
    const second = spawn(async () => {
      hasRun = true;
    });
    expect(await rejection(second)).toMatchObject(CANCELLED);
    await first;
    expect(hasRun).toBe(false);
  });

  test("before its start never runs it", async () => {
    let hasRun = false;
    const task = spawn(async () => {
      hasRun = true;
    });
    task.abort();
    expect(await rejection(task)).toMatchObject(CANCELLED);
    await turns();
    expect(hasRun).toBe(false);
  });

  test("that catches it and returns gives its value", async () => {
    const task = spawn(async () => {
      try {
        await sleep(1e9);
      } catch {
        return "survived";
      }
      return "slept";
    });
    await turns();
    task.abort();
    expect(await task).toBe("survived");
  });

  test("that has ended changes nothing", async () => {
    const task = spawn(async () => 1);
    await until(() => task.isFinished);
    task.abort();
    expect(await task).toBe(1);
  });

  test("reaches every wait of a Promise.all", async () => {
    let ended = 0;
    const wait = async () => {
      try {
        await sleep(1e9);
      } finally {
        ended += 1;
      }
    };
    const task = spawn(async () => Promise.all([wait(), wait(), wait()]));
    await turns();
    task.abort();
    expect(await rejection(task)).toMatchObject(CANCELLED);
    await until(() => ended === 3);
  });
});

describe("abort of a generator", () => {
  test("returns from its wait, and runs its finally", async () => {
    const steps: string[] = [];
    const task = spawn(function* () {
      try {
        yield* sleep(1e9);
        steps.push("slept");
      } catch {
        steps.push("caught");
      } finally {
        steps.push("finally");
      }
    });
    await turns();
    task.abort();
    expect(await rejection(task)).toMatchObject(CANCELLED);
    expect(steps).toEqual(["finally"]);
  });

  test("lets its cleanup wait before the handle settles", async () => {
    const steps: string[] = [];
    const task = spawn(function* () {
      try {
        yield* sleep(1e9);
      } finally {
        yield* sleep(2);
        yield* yieldNow();
        yield* spawn(async () => steps.push("joined"));
        steps.push("cleaned");
      }
    });
    await turns();
    task.abort();
    expect(await rejection(task)).toMatchObject(CANCELLED);
    expect(steps).toEqual(["joined", "cleaned"]);
  });

  test("by one that begins just before it never runs it", async () => {
    let hasRun = false;
    const first = spawn(async () => second.abort());
    const second = spawn(function* () {
      hasRun = true;
      yield* sleep(1);
    });
    expect(await rejection(second)).toMatchObject(CANCELLED);
    await first;
    expect(hasRun).toBe(false);
  });

  test("before its start never runs it", async () => {
    let hasRun = false;
    const task = spawn(function* () {
      hasRun = true;
      yield* yieldNow();
    });
    task.abort();
    expect(await rejection(task)).toMatchObject(CANCELLED);
    expect(hasRun).toBe(false);
  });

  test("inside a foreign promise leaves it at once", async () => {
    let isClean = false;
    const task = spawn(function* () {
      try {
        yield new Promise(() => {});
      } finally {
        isClean = true;
      }
    });
    await turns();
    task.abort();
    expect(await rejection(task)).toMatchObject(CANCELLED);
    expect(isClean).toBe(true);
  });
});

describe("abort of a portable task", () => {
  test("that is queued never runs it", async () => {
    const runtime = await make();
    const holding = runtime.spawn(portable.hold, gate.mark("holds"), gate.path);
    await until(() => gate.hasMark("holds"));
    const queued = runtime.spawn(portable.hold, gate.mark("never"), gate.path);
    queued.abort();
    gate.open();
    expect(await rejection(queued)).toMatchObject(CANCELLED);
    await holding;
    expect(gate.hasMark("never")).toBe(false);
  });

  test("that waits ends it there", async () => {
    const runtime = await make();
    const running = runtime.spawn(portable.waitFor, gate.mark("waits"), gate.path);
    await until(() => gate.hasMark("waits"));
    running.abort();
    expect(await rejection(running)).toMatchObject(CANCELLED);
    expect(runtime.metrics.aliveTasks).toBe(0);
  });

  test("made of a generator ends it there", async () => {
    const runtime = await make();
    const running = runtime.spawn(portable.spin, gate.mark("spins"), gate.path);
    await until(() => gate.hasMark("spins"));
    running.abort();
    expect(await rejection(running)).toMatchObject(CANCELLED);
    await until(() => runtime.metrics.aliveTasks === 0);
  });

  test("comes with the end of its runtime", async () => {
    const runtime = await make();
    const running = runtime.spawn(portable.waitFor, gate.mark("waits"), gate.path);
    await until(() => gate.hasMark("waits"));
    await runtime.shutdown();
    expect(await rejection(running)).toMatchObject(CANCELLED);
  });

  test("that computes lets it return its value", async () => {
    const runtime = await make();
    const running = runtime.spawn(portable.hold, gate.mark("holds"), gate.path);
    await until(() => gate.hasMark("holds"));
    running.abort();
    gate.open();
    expect(await running).toBe(running.id);
  });

  test("on the blocking pool has no effect once it has begun", async () => {
    const runtime = await make({ maxBlockingThreads: 1 });
    const begun = runtime.spawnBlocking(portable.hold, gate.mark("begun"), gate.path);
    const queued = runtime.spawnBlocking(portable.hold, gate.mark("never"), gate.path);
    await until(() => gate.hasMark("begun"));
    begun.abort();
    queued.abort();
    gate.open();
    expect(await begun).toBe(begun.id);
    expect(await rejection(queued)).toBeInstanceOf(JoinError);
    expect(gate.hasMark("never")).toBe(false);
  });

  test("on the blocking pool lets its waits end once it has begun", async () => {
    const runtime = await make();
    const begun = runtime.spawnBlocking(portable.waitFor, gate.mark("waits"), gate.path);
    await until(() => gate.hasMark("waits"));
    begun.abort();
    gate.open();
    await begun;
  });
});
