import { fromSignal, JoinMap, Notify, Runtime, spawn, TaskTracker, timeout } from "tokiwa";
import { describe, expect, test } from "vitest";
import { rejection, turns, until } from "../support/waiting.ts";

describe("TaskTracker", () => {
  test("counts a future until it has ended, failed or was given up", async () => {
    const tracker = new TaskTracker();
    tracker.close();
    expect(await tracker.track(async () => 5)).toBe(5);
    const failure = new Error("no");
    expect(await rejection(tracker.track(Promise.reject(failure)))).toBe(failure);
    const slow = tracker.track(fromSignal(() => new Promise(() => {})));
    expect(tracker.size).toBe(1);
    await timeout(1, slow).catch(() => {});
    await tracker.wait();
    expect(tracker.size).toBe(0);
  });

  test("ends a wait by a signal, and counts on", async () => {
    const tracker = new TaskTracker();
    const token = tracker.token();
    const controller = new AbortController();
    const waiting = rejection(tracker.wait({ signal: controller.signal }));
    controller.abort("enough");
    expect(await waiting).toBe("enough");
    token[Symbol.dispose]();
    const task = spawn(async () => {});
    await until(() => task.isFinished);
    expect(tracker.track(task)).toBe(task);
    expect(tracker.size).toBe(0);
    expect(() => tracker.track(5 as never)).toThrow("Cannot track future: expected a future");
  });
});

describe("TaskTracker: failures", () => {
  test("are reported of a task whose only joiner has given up", async () => {
    const reported: unknown[] = [];
    await using runtime = await Runtime.create({
      flavor: "currentThread",
      onUnhandledPanic: ({ cause }) => void reported.push(cause),
    });
    await runtime.run(async () => {
      const failure = new Error("late");
      const go = new Notify();
      const tracker = new TaskTracker();
      const work = tracker.spawn(async () => {
        await go.notified();
        throw failure;
      });
      const joiner = spawn(async () => await work);
      await turns();
      joiner.abort();
      await rejection(joiner);
      go.notifyOne();
      await until(() => work.isFinished && reported.length > 0);
      expect(reported).toEqual([failure]);
    });
  });
});

describe("JoinMap", () => {
  test("takes in tasks of other runtimes, in place of those that have their keys", async () => {
    await using runtime = await Runtime.create({ workerThreads: 1 });
    const map = new JoinMap<string, string>();
    const replaced = map.spawn("key", () => new Promise<string>(() => {}));
    const handle = map.add(
      "key",
      runtime.spawn(async () => "elsewhere"),
    );
    expect([map.size, map.hasTask(handle.id)]).toEqual([1, true]);
    expect(await map.joinNext()).toMatchObject(["key", { value: "elsewhere" }]);
    await until(() => replaced.isFinished);
    expect(() => map.add("key", replaced as never)).toThrow("expected a JoinHandle");
  });

  test("compares keys as a Map does, and refuses what cannot start", async () => {
    const map = new JoinMap<unknown, number>();
    map.spawn(Number.NaN, async () => 1);
    map.spawn(Number.NaN, async () => 2);
    expect(map.size).toBe(1);
    expect(() => map.spawn("key", 5 as never)).toThrow("Cannot spawn task");
    expect(map.size).toBe(1);
    expect(await map.joinNext()).toMatchObject([Number.NaN, { value: 2 }]);
  });
});
