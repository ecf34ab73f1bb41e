/** Tokio's `task_local.rs`. */
import { spawn } from "tokiwa";
import { TaskLocalUnsetError } from "tokiwa/error";
import { type TaskGenerator, taskLocal, yieldNow } from "tokiwa/task";
import { sleep } from "tokiwa/time";
import { describe, expect, test } from "vitest";
import { cannot } from "./cannot.ts";

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

  cannot("take_value", "a scope's value is not moved in or out");
  cannot("poll_after_take_value_should_fail", "a scope's value is not moved in or out");
});
