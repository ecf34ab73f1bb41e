/** Tokio's `task_local.rs`. */
import { co, pollFn, spawn } from "tokiwa";
import { TaskLocalUnsetError } from "tokiwa/error";
import { type TaskGenerator, taskLocal, yieldNow } from "tokiwa/task";
import { assertPending, assertReady, task } from "tokiwa/test";
import { sleep } from "tokiwa/time";
import { describe, expect, test } from "vitest";

const requestId = taskLocal<number>("requestId");
const flag = taskLocal<boolean>("flag");

describe("task_local", () => {
  test("local", async () => {
    const first = spawn(() =>
      requestId.scope(1, async () => {
        expect(requestId.get()).toBe(1);
        await yieldNow();
        expect(requestId.get()).toBe(1);
      }),
    );
    const second = spawn(() =>
      requestId.scope(2, async () => {
        expect(requestId.get()).toBe(2);
        await requestId.scope(3, async () => {
          expect(requestId.get()).toBe(3);
          await sleep(1);
          expect(requestId.get()).toBe(3);
        });
        expect(requestId.get()).toBe(2);
      }),
    );
    const third = spawn(() =>
      flag.scope(true, async () => {
        await Promise.resolve();
        expect(flag.get()).toBe(true);
      }),
    );
    await Promise.all([first, second, third]);
  });

  test("local, in generator tasks", async () => {
    const inside = function* (): TaskGenerator<unknown[]> {
      const seen: unknown[] = [requestId.get()];
      yield* sleep(1);
      seen.push(requestId.get());
      yield* yieldNow();
      seen.push(requestId.get());
      return seen;
    };
    const handles = [1, 2, 3].map((id) =>
      spawn(function* (): TaskGenerator<unknown[]> {
        const seen: unknown[] = yield* requestId.scope(id, inside);
        return [...seen, requestId.tryGet()];
      }),
    );
    expect(await Promise.all(handles)).toEqual([1, 2, 3].map((id) => [id, id, id, undefined]));
  });

  test("local, not inherited by tasks spawned inside", async () => {
    await requestId.scope(1, async () => {
      expect(await spawn(async () => requestId.tryGet())).toBeUndefined();
      expect(requestId.get()).toBe(1);
    });
  });

  test("get_value", async () => {
    await spawn(() =>
      requestId.scope(1, async () => {
        expect(requestId.get()).toBe(1);
        expect(requestId.tryGet()).toBe(1);
      }),
    );
    expect(() => requestId.get()).toThrow(TaskLocalUnsetError);
    expect(requestId.tryGet()).toBeUndefined();
  });

  /** A future that tells what it sees, twice. */
  const looking = () =>
    co(function* () {
      const before = requestId.tryGet();
      yield* yieldNow();
      return [before, requestId.tryGet()];
    });

  test("take_value", async () => {
    const scoped = requestId.scope(5, looking());
    const waiting = task(scoped);
    assertPending(waiting.poll());
    expect([scoped.takeValue(), scoped.takeValue()]).toEqual([5, undefined]);
    expect(assertReady(waiting.poll())).toEqual([5, undefined]);
    const whole = requestId.scope(6, looking());
    expect(await whole).toEqual([6, 6]);
    expect(whole.takeValue()).toBe(6);
  });

  test("poll_after_take_value_should_fail", async () => {
    const scoped = requestId.scope(
      5,
      pollFn(() => requestId.get()),
    );
    expect(scoped.takeValue()).toBe(5);
    expect(() => task(scoped).poll()).toThrow(TaskLocalUnsetError);
    await requestId.scope(7, async () => {
      const inner = requestId.scope(8, looking());
      expect(inner.takeValue()).toBe(8);
      expect(await inner).toEqual([7, 7]);
    });
  });
});
