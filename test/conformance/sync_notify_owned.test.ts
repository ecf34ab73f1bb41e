import { Notify, timeout } from "tokiwa";
import { type TestTask, task } from "tokiwa/test";
import { describe, expect, test } from "vitest";
import { behavesAsANotify, isReady, waitsOf } from "./notifies.ts";

// A wait keeps its notify there: there is no other kind.
describe("sync_notify_owned", () => {
  behavesAsANotify();

  test("notified_one_notify", () => {
    const notify = new Notify();
    const [waiting] = waitsOf(notify, 1) as [TestTask<void>];
    notify.notifyOne();
    expect(waiting.isWoken).toBe(true);
    expect(isReady(waiting)).toBe(true);
  });

  test("notified_multi_notify_drop_one", () => {
    const notify = new Notify();
    const [first, second] = waitsOf(notify, 2) as [TestTask<void>, TestTask<void>];
    notify.notifyOne();
    expect([first.isWoken, second.isWoken]).toEqual([true, false]);
    first[Symbol.dispose]();
    expect(second.isWoken).toBe(true);
    expect(isReady(second)).toBe(true);
  });

  test("test_waker_update", async () => {
    const notify = new Notify();
    const future = notify.notified();
    const first = task(future);
    expect(isReady(first)).toBe(false);
    const second = timeout(60_000, future);
    const ended = Promise.resolve(second);
    notify.notifyOne();
    await ended;
    expect(first.isWoken).toBe(false);
  });
});
