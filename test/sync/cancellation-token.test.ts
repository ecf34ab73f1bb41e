import { CancellationToken, sleep, spawn } from "tokiwa";
import { describe, expect, test } from "vitest";
import { turns } from "../support/turns.ts";
import { rejection } from "../support/waiting.ts";

describe("CancellationToken", () => {
  test("leaves its signal as it is once it is disposed", async () => {
    const token = new CancellationToken();
    const child = token.childToken();
    const { signal } = child;
    child[Symbol.dispose]();
    token.cancel();
    await turns();
    expect(signal.aborted).toBe(false);
  });

  test("aborts its signal, in whatever way it is cancelled", async () => {
    const token = new CancellationToken();
    const child = token.childToken();
    const { signal } = child;
    expect(child.signal).toBe(signal);
    expect(signal.aborted).toBe(false);
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
    token.cancel();
    await aborted;
    expect(token.signal.aborted).toBe(true);
    expect(token.dropGuard().token).toBe(token);
  });

  test("is cancelled with the one it comes from, and not the other way", async () => {
    const root = new CancellationToken();
    const child = root.childToken();
    const grandchild = child.childToken();
    const other = root.childToken();
    const waits = [child, grandchild].map((token) => spawn(async () => await token.cancelled()));
    await turns();
    child.cancel();
    child.cancel();
    await Promise.all(waits);
    const all = [root, child, grandchild, other];
    expect(all.map((token) => token.isCancelled)).toEqual([false, true, true, false]);
    const late = spawn(async () => await other.childToken().cancelled());
    await turns();
    root.cancel();
    await late;
    await root.childToken().cancelled();
  });

  test("does not need the handles of those above it", async () => {
    const root = new CancellationToken();
    const child = root.childToken();
    const grandchild = child.childToken();
    child[Symbol.dispose]();
    root.cancel();
    root[Symbol.dispose]();
    await grandchild.cancelled();
    expect(grandchild.isCancelled).toBe(true);
  });

  test("wakes only those who wait for it, of many", async () => {
    const root = new CancellationToken();
    const tokens = Array.from({ length: 100 }, () => root.childToken());
    const ended: number[] = [];
    const tasks = tokens.map((token, at) =>
      spawn(async () => {
        await token.cancelled();
        ended.push(at);
      }),
    );
    await turns();
    for (const at of [70, 3]) tokens[at]?.cancel();
    await Promise.all([tasks[70], tasks[3]]);
    expect(ended).toEqual([70, 3]);
    tokens[5]?.[Symbol.dispose]();
    root.cancel();
    await Promise.all(tasks);
    expect(ended).toHaveLength(100);
  });

  test("is cancelled by its guard, unless that is disarmed", () => {
    const token = new CancellationToken();
    {
      using guard = token.dropGuard();
      expect(guard.disarm()).toBe(token);
    }
    expect(token.isCancelled).toBe(false);
    {
      using _guard = token.dropGuard();
    }
    expect(token.isCancelled).toBe(true);
  });

  test("ends work early", async () => {
    const token = new CancellationToken();
    expect(await token.runUntilCancelled(Promise.resolve(5))).toBe(5);
    expect(await token.runUntilCancelled(async () => 6)).toBe(6);
    const failing = token.runUntilCancelled(async () => Promise.reject(new Error("no")));
    expect(String(await rejection(failing))).toBe("Error: no");
    let isCleanedUp = false;
    const long = token.runUntilCancelled(async () => {
      try {
        await sleep(60_000);
      } finally {
        isCleanedUp = true;
      }
    });
    const end = spawn(async () => await long);
    await turns();
    token.cancel();
    expect(await end).toBeUndefined();
    expect(isCleanedUp).toBe(true);
    expect(await token.runUntilCancelled(sleep(60_000))).toBeUndefined();
  });
});
