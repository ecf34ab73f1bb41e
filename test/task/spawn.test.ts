/** Spawning, joining, and what travels with a task. */
import { AsyncLocalStorage } from "node:async_hooks";
import {
  type JoinHandle,
  JoinSet,
  Notify,
  sleep,
  spawn,
  taskId,
  tryTaskId,
  yieldNow,
} from "tokiwa";
import { describe, expect, test } from "vitest";
import * as portable from "../conformance/fixtures/tasks.mjs";
import { runtimesOf } from "../conformance/flavors.ts";
import { rejection, turns } from "../support/waiting.ts";

const make = runtimesOf({ workerThreads: 2 });

describe("spawn", () => {
  test("does not start before the caller waits", async () => {
    const steps: string[] = [];
    const handle = spawn(async () => steps.push("task"));
    steps.push("caller");
    await handle;
    expect(steps).toEqual(["caller", "task"]);
  });

  test("takes a generator, a generator function, an async and a plain function", async () => {
    function* work(value: string) {
      yield* yieldNow();
      return value;
    }
    expect(await spawn(work("object"))).toBe("object");
    expect(await spawn(() => "plain")).toBe("plain");
    expect(await spawn(async () => "async")).toBe("async");
    const nested = spawn(function* () {
      return yield* spawn(work("nested"));
    });
    expect(await nested).toBe("nested");
  });

  test("refuses what is not a body", () => {
    expect(() => spawn(7 as never)).toThrow("Cannot spawn task: expected a function, got 7");
  });

  test("runs tasks in the order in which they were spawned", async () => {
    const order: number[] = [];
    const handles = Array.from({ length: 500 }, (_, index) =>
      spawn(async () => {
        order.push(index);
      }),
    );
    for (const handle of handles) await handle;
    expect(order).toEqual(Array.from({ length: 500 }, (_, index) => index));
  });
});

describe("JoinHandle", () => {
  test("answers everybody who joins, and again", async () => {
    const handle = spawn(async () => {
      await sleep(1);
      return { value: 1 };
    });
    const [first, second, third] = await Promise.all([
      handle,
      spawn(async () => handle),
      spawn(function* () {
        return yield* handle;
      }),
    ]);
    expect(first).toBe(second);
    expect(first).toBe(third);
    expect(await handle).toBe(first);
    expect(handle.isFinished).toBe(true);
  });

  test("that one of several gives up still answers the others", async () => {
    const task = spawn(async () => {
      await sleep(5);
      return 1;
    });
    const [first, second] = [spawn(async () => task), spawn(async () => task)];
    await turns();
    first.abort();
    expect(await rejection(first)).toMatchObject({ isCancelled: true });
    expect(await second).toBe(1);
  });

  test("that is given up leaves the task running", async () => {
    const gate = new Notify();
    const task = spawn(async () => {
      await gate.notified();
      return 1;
    });
    const joiner = spawn(async () => task);
    await turns();
    joiner.abort();
    expect(await rejection(joiner)).toMatchObject({ isCancelled: true });
    gate.notifyOne();
    expect(await task).toBe(1);
  });

  test("that is detached still answers the set that it was added to", async () => {
    const set = new JoinSet<number>();
    const handle = spawn(async () => {
      await sleep(2);
      return 1;
    });
    set.add(handle);
    handle.detach();
    expect(await set.joinNext()).toBe(1);
  });

  test("keeps the 65,537th join apart from the first", async () => {
    const runtime = await make();
    const sums = await runtime.run(async () => {
      const handles: JoinHandle<number>[] = [];
      for (let index = 0; index < 65_540; index++) {
        handles.push(
          spawn(function* () {
            yield* yieldNow();
            return index;
          }),
        );
      }
      const wrong: number[] = [];
      for (const [index, handle] of handles.entries())
        if ((await handle) !== index) wrong.push(index);
      return { wrong, ids: new Set(handles.map((handle) => handle.id)).size };
    });
    expect(sums).toEqual({ wrong: [], ids: 65_540 });
    expect(runtime.metrics.aliveTasks).toBe(0);
  });

  test("settles for 100,000 portable tasks with the right content", async () => {
    const runtime = await make();
    const wrong = await runtime.run(async () => {
      const found: number[] = [];
      for (let batch = 0; batch < 10; batch++) {
        const handles: JoinHandle<unknown>[] = [];
        for (let index = 0; index < 10_000; index++) {
          const value = batch * 10_000 + index;
          handles.push(spawn(portable.echo, value % 3 === 0 ? value : { text: `task ${value}` }));
        }
        for (const [index, handle] of handles.entries()) {
          const value = batch * 10_000 + index;
          const got = await handle;
          const right =
            value % 3 === 0 ? got === value : (got as { text: string }).text === `task ${value}`;
          if (!right) found.push(value);
        }
      }
      return found;
    });
    expect(wrong).toEqual([]);
    expect(runtime.metrics.aliveTasks).toBe(0);
  });
});

describe("context", () => {
  test("keeps the task's id across foreign awaits", async () => {
    const handle = spawn(async () => {
      const ids = [taskId()];
      await new Promise((resolve) => setTimeout(resolve, 1));
      ids.push(taskId());
      await Promise.resolve();
      ids.push(taskId());
      await Promise.all([sleep(1), (async () => ids.push(taskId()))()]);
      ids.push(taskId());
      return new Set(ids);
    });
    expect(await handle).toEqual(new Set([handle.id]));
    expect(tryTaskId()).toBeUndefined();
  });

  test("carries the user's AsyncLocalStorage into a spawned task", async () => {
    const request = new AsyncLocalStorage<string>();
    const seen = await request.run("r1", async () => {
      const local = spawn(async () => {
        const before = request.getStore();
        await sleep(1);
        const nested = spawn(async () => request.getStore());
        return [before, request.getStore(), await nested];
      });
      return local;
    });
    expect(seen).toEqual(["r1", "r1", "r1"]);
    expect(request.getStore()).toBeUndefined();
  });

  test("of one task does not leak into another", async () => {
    const ids = await Promise.all(
      Array.from({ length: 50 }, () => {
        const handle = spawn(async () => {
          for (let round = 0; round < 5; round++) {
            await (round % 2 ? sleep(1) : Promise.resolve());
            if (taskId() !== handle.id) return false;
          }
          return true;
        });
        return handle;
      }),
    );
    expect(ids.every(Boolean)).toBe(true);
  });
});
