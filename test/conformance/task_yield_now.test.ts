/**
 * Tokio's `task_yield_now.rs`. The foreign executor is the engine's: a plain async function that
 * awaits outside of every task. yield_now_external_executor_and_block_in_place needs
 * `block_in_place`.
 */
import { PENDING, tryTaskId, type Waker, yieldNow } from "tokiwa";
import { describe, expect, test } from "vitest";
import { until } from "../support/waiting.ts";
import { runtimesOf } from "./flavors.ts";

describe("task_yield_now", () => {
  const make = runtimesOf({ flavor: "currentThread" });

  test("yield_now_outside_of_runtime", async () => {
    expect(tryTaskId()).toBeUndefined();
    let yields = 0;
    for (; yields < 300; yields++) await yieldNow();
    expect(yields).toBe(300);
  });

  test("yield_now_polled_by_hand", async () => {
    const runtime = await make();
    await runtime.run(async () => {
      let wakes = 0;
      const future = yieldNow();
      const waker: Waker = {
        // Told through a token of the thread's own, as `await` is.
        targetOn(thread) {
          return thread.continuations.add({ resume: () => (wakes += 1) }) * 2 + 1;
        },
        wake() {},
      };
      expect(future.poll(waker)).toBe(PENDING);
      expect(wakes).toBe(0);
      await until(() => wakes === 1);
      expect(future.poll(waker)).toBeUndefined();
    });
  });
});
