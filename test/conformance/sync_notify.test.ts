import { Notify } from "tokiwa";
import { type TestTask, task } from "tokiwa/test";
import { describe, expect, test } from "vitest";
import { behavesAsANotify, isReady, waitsOf } from "./notifies.ts";

describe("sync_notify", () => {
  behavesAsANotify();

  test("notify_multi_notified_last", () => {
    const notify = new Notify();
    const [first, second] = waitsOf(notify, 2) as [TestTask<void>, TestTask<void>];
    notify.notifyLast();
    expect([first.isWoken, second.isWoken]).toEqual([false, true]);
    expect([isReady(first), isReady(second)]).toEqual([false, true]);
    first[Symbol.dispose]();
  });

  test("notified_drop_notified_notify", () => {
    const notify = new Notify();
    const [first] = waitsOf(notify, 1) as [TestTask<void>];
    first[Symbol.dispose]();
    const [second] = waitsOf(notify, 1) as [TestTask<void>];
    notify.notifyOne();
    expect(second.isWoken).toBe(true);
    expect(isReady(second)).toBe(true);
  });

  test("unpolled_future_completed_by_notify_waiters_preserves_notify_one_permit", () => {
    const notify = new Notify();
    const before = task(notify.notified());
    notify.notifyWaiters();
    notify.notifyOne();
    expect(isReady(before)).toBe(true);
    expect(isReady(task(notify.notified()))).toBe(true);
  });
});
