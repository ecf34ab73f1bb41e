/**
 * Tokio-util's `task_tracker.rs`. Closures are local here: the tests of spawn_local are those of
 * spawn, and there is no place where they may not be spawned.
 */
import { PENDING, sleep, spawn, TaskTracker } from "tokiwa";
import { task } from "tokiwa/test";
import { describe, expect, test } from "vitest";
import { rejection } from "../support/waiting.ts";
import { cannot } from "./cannot.ts";

const waitFor = (tracker: TaskTracker) => {
  const waiting = task(tracker.wait());
  return { isReady: () => waiting.poll() !== PENDING, isWoken: () => waiting.isWoken };
};

describe("task_tracker", () => {
  test("open_close", () => {
    const tracker = new TaskTracker();
    expect([tracker.isClosed, tracker.isEmpty, tracker.size]).toEqual([false, true, 0]);
    expect([tracker.close(), tracker.close(), tracker.isClosed]).toEqual([true, false, true]);
    expect([tracker.reopen(), tracker.reopen(), tracker.isClosed]).toEqual([true, false, false]);
    expect([tracker.size, tracker.close(), tracker.size]).toEqual([0, true, 0]);
  });

  test("token_len", () => {
    const tracker = new TaskTracker();
    const tokens = Array.from({ length: 12 }, () => tracker.token());
    expect([tracker.size, tracker.isEmpty]).toEqual([12, false]);
    tokens.push((tokens[0] as (typeof tokens)[0]).clone());
    for (const [index, token] of tokens.entries()) {
      expect(tracker.size).toBe(13 - index);
      expect(token.taskTracker).toBe(tracker);
      token[Symbol.dispose]();
      token[Symbol.dispose]();
    }
    expect(tracker.isEmpty).toBe(true);
  });

  test("notify_immediately", () => {
    const tracker = new TaskTracker();
    tracker.close();
    expect(waitFor(tracker).isReady()).toBe(true);
  });

  test("notify_immediately_on_reopen", () => {
    const tracker = new TaskTracker();
    tracker.close();
    const waiting = waitFor(tracker);
    tracker.reopen();
    expect(waiting.isReady()).toBe(true);
  });

  test("notify_on_close", () => {
    const tracker = new TaskTracker();
    const waiting = waitFor(tracker);
    expect(waiting.isReady()).toBe(false);
    tracker.close();
    expect(waiting.isWoken()).toBe(true);
    expect(waiting.isReady()).toBe(true);
  });

  test("notify_on_close_reopen", () => {
    const tracker = new TaskTracker();
    const waiting = waitFor(tracker);
    expect(waiting.isReady()).toBe(false);
    tracker.close();
    tracker.reopen();
    expect(waiting.isWoken()).toBe(true);
    expect(waiting.isReady()).toBe(true);
  });

  test("notify_on_last_task", () => {
    const tracker = new TaskTracker();
    tracker.close();
    const token = tracker.token();
    const waiting = waitFor(tracker);
    expect(waiting.isReady()).toBe(false);
    token[Symbol.dispose]();
    expect(waiting.isWoken()).toBe(true);
    expect(waiting.isReady()).toBe(true);
  });

  test("notify_on_last_task_respawn", () => {
    const tracker = new TaskTracker();
    tracker.close();
    const token = tracker.token();
    const waiting = waitFor(tracker);
    expect(waiting.isReady()).toBe(false);
    token[Symbol.dispose]();
    tracker.token();
    expect(waiting.isWoken()).toBe(true);
    expect(waiting.isReady()).toBe(true);
  });

  test("no_notify_on_respawn_if_open", () => {
    const tracker = new TaskTracker();
    const token = tracker.token();
    const waiting = waitFor(tracker);
    expect(waiting.isReady()).toBe(false);
    token[Symbol.dispose]();
    tracker.token();
    expect(waiting.isReady()).toBe(false);
  });

  test("close_during_exit", () => {
    const tokens = 10;
    for (let closeAfter = 0; closeAfter <= tokens; closeAfter++) {
      const tracker = new TaskTracker();
      const all = Array.from({ length: tokens }, () => tracker.token());
      const waiting = waitFor(tracker);
      for (const [dropped, token] of all.entries()) {
        if (dropped === closeAfter) tracker.close();
        expect(waiting.isReady()).toBe(false);
        token[Symbol.dispose]();
      }
      if (closeAfter === tokens) {
        expect(waiting.isReady()).toBe(false);
        tracker.close();
      }
      expect(waiting.isReady()).toBe(true);
    }
  });

  test("notify_many", () => {
    const tracker = new TaskTracker();
    const waits = Array.from({ length: 10 }, () => waitFor(tracker));
    for (const waiting of waits) expect(waiting.isReady()).toBe(false);
    tracker.close();
    for (const waiting of waits) expect(waiting.isReady()).toBe(true);
  });

  const spawnThenClose = async () => {
    const tracker = new TaskTracker();
    const tasks = Array.from({ length: 10 }, (_, delay) => tracker.spawn(() => sleep(delay)));
    expect(tracker.size).toBe(10);
    tracker.close();
    await tracker.wait();
    expect(tracker.isEmpty).toBe(true);
    await Promise.all(tasks);
  };

  describe("spawn", () => {
    test("spawn_then_close", spawnThenClose);
  });

  const anywhere = "a closure stays on the worker that spawns it, and may be spawned anywhere";

  describe("spawn_local", () => {
    cannot("panic_outside_any_runtime", anywhere);
    cannot("panic_in_multi_thread_runtime", anywhere);
    test("spawn_then_close", spawnThenClose);

    test("spawn_after_close", async () => {
      const tracker = new TaskTracker();
      tracker.close();
      const failed = tracker.spawn(async () => {
        await sleep(1);
        throw new Error("no");
      });
      const value = tracker.spawn(async () => 5);
      expect(tracker.size).toBe(2);
      expect(String(await rejection(failed))).toContain("no");
      expect(await value).toBe(5);
      await tracker.wait();
      expect(await tracker.track(async () => tracker.size)).toBe(1);
      expect(tracker.isEmpty).toBe(true);
    });
  });

  describe("spawn_local_on::local_runtime", () => {
    test("spawn_then_close", spawnThenClose);
  });

  describe("spawn_local_on::local_set", () => {
    test("spawn_then_drop", async () => {
      // There is nothing to drop: a tracker that nobody has any more leaves its tasks alone.
      const running = new TaskTracker().track(spawn(() => sleep(1)));
      await running;
    });
  });
});
