import { type JoinHandle, Notify, spawn, timeout } from "tokiwa";
import { describe, expect, test } from "vitest";
import { turns } from "../support/turns.ts";

describe("Notify", () => {
  test("keeps one call for the next to wait", async () => {
    const notify = new Notify();
    notify.notifyOne();
    notify.notifyOne();
    await notify.notified();
    await expect(timeout(1, notify.notified())).rejects.toThrow("have passed");
  });

  test("wakes the oldest, the newest, or all", async () => {
    const notify = new Notify();
    const seen: number[] = [];
    const tasks = [1, 2, 3, 4].map((id) =>
      spawn(async () => {
        await notify.notified();
        seen.push(id);
      }),
    );
    await turns();
    notify.notifyOne();
    await turns();
    notify.notifyLast();
    await turns();
    notify.notifyWaiters();
    await Promise.all(tasks);
    expect(seen).toEqual([1, 4, 2, 3]);
  });

  test("counts a call to all from when the wait was made", async () => {
    const notify = new Notify();
    const before = notify.notified();
    notify.notifyWaiters();
    await before;
    await expect(timeout(1, notify.notified())).rejects.toThrow("have passed");
  });

  test("passes on what was told to one that is given up", async () => {
    const notify = new Notify();
    const [first, second] = [1, 2].map(() =>
      spawn(function* () {
        yield* notify.notified();
      }),
    ) as [JoinHandle<void>, JoinHandle<void>];
    await turns();
    notify.notifyOne();
    first.abort();
    await second;
  });
});
