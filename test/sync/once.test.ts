import { codec, Notify, OnceCell, Runtime, SetOnce, sleep, spawn, timeout } from "tokiwa";
import { describe, expect, test } from "vitest";
import { levelsOff } from "../support/leaks.ts";
import { refused, wrong } from "../support/misuse.ts";
import { turns } from "../support/turns.ts";
import { rejection } from "../support/waiting.ts";
import { hold } from "./fixtures/tasks.mjs";

describe("a once cell", () => {
  test("is made by one, while all others wait for the very value", async () => {
    const cell = new OnceCell<object>();
    let made = 0;
    const tasks = Array.from({ length: 20 }, () =>
      spawn(async () =>
        cell.getOrInit(async () => {
          made += 1;
          await sleep(1);
          return {};
        }),
      ),
    );
    const values = new Set(await Promise.all(tasks));
    expect([made, values.size, values.has(cell.get() as object)]).toEqual([1, 1, true]);
  });

  test("is made by the next one when the first is given up", async () => {
    const cell = new OnceCell<number>(codec.u32);
    const begun = new Notify();
    const stuck = spawn(async () => {
      await cell.getOrInit(async () => {
        begun.notifyOne();
        await sleep(1e9);
        return 1;
      });
    });
    await begun.notified();
    const next = spawn(async () => await cell.getOrInit(() => 2));
    await turns();
    expect([cell.set(3), cell.isInitialized]).toEqual([false, false]);
    stuck.abort();
    await rejection(stuck);
    expect(await next).toBe(2);
  });

  test("tells its maker that nobody waits any more", async () => {
    const cell = new OnceCell<number>();
    let reason: unknown;
    const making = cell.getOrInit((signal) => {
      signal.addEventListener("abort", () => {
        reason = signal.reason;
      });
      return new Promise<number>(() => {});
    });
    await rejection(timeout(1, making));
    expect(String(reason)).toContain("nobody waits");
    expect(cell.set(1)).toBe(true);
  });

  test("stays empty when a value does not fit", async () => {
    const cell = new OnceCell<number>(codec.u8);
    expect(String(await rejection(cell.getOrInit(() => 256)))).toContain("from 0 to 255");
    expect(() => cell.set(-1)).toThrow(TypeError);
    expect([cell.set(255), cell.get(), cell.intoInner()]).toEqual([true, 255, 255]);
    expect(() => cell.get()).toThrow("Cannot read value: the OnceCell was disposed");
  });
});

describe("what is set once", () => {
  test("is waited for by any number, and until a signal", async () => {
    const once = new SetOnce<object>();
    const waiting = Array.from({ length: 5 }, () => spawn(async () => await once.wait()));
    const signal = AbortSignal.timeout(1);
    expect(await rejection(once.wait({ signal }))).toMatchObject({ name: "TimeoutError" });
    const value = {};
    once.set(value);
    expect((await Promise.all(waiting)).every((each) => each === value)).toBe(true);
    expect(await once.wait()).toBe(value);
  });

  test("may be undefined", async () => {
    const once = SetOnce.from<undefined>(undefined);
    expect([once.isInitialized, await once.wait(), once.set(undefined)]).toEqual([
      true,
      undefined,
      false,
    ]);
  });

  test("says what is wrong, and stays on its worker without a codec", async () => {
    refused([
      [() => new SetOnce(wrong(5)), "TypeError: Cannot make cell: codec must be a codec, got 5"],
      [
        () => new OnceCell().getOrInit(wrong(1)),
        "TypeError: Cannot initialize cell: expected a function, got 1",
      ],
    ]);
    await using runtime = await Runtime.create({ workerThreads: 1 });
    await runtime.run(async () => {
      expect(() => spawn(hold, wrong(new SetOnce<number>()), wrong(undefined))).toThrow(
        "a SetOnce without a codec",
      );
    });
  });

  test("leaves nothing behind", async () => {
    await using runtime = await Runtime.create({ workerThreads: 1 });
    await runtime.run(() =>
      levelsOff(runtime.metrics, async () => {
        for (let time = 0; time < 300; time++) {
          using cell = new OnceCell<string>(codec.string);
          using once = SetOnce.from(time, codec.u32);
          expect(await cell.getOrInit(async () => `made ${await once.wait()}`)).toBe(
            `made ${time}`,
          );
          expect(cell.set("late") || once.set(0)).toBe(false);
        }
      }),
    );
  });
});
