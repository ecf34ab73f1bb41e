/**
 * Tokio's `task_yield_now.rs`. The foreign executor is the engine's: a plain async function that
 * awaits outside of every task.
 */
import { PENDING, tryTaskId, type Waker, yieldNow } from "tokiwa";
import { describe, expect, test } from "vitest";
import { cannot } from "./cannot.ts";
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
    await runtime.run(() => {
      let deferrals = 0;
      const future = yieldNow();
      const waker: Waker = {
        targetOn: () => 0,
        wake() {},
        defer: () => (deferrals += 1),
      };
      expect(future.poll(waker)).toBe(PENDING);
      expect(deferrals).toBe(1);
      expect(future.poll(waker)).toBeUndefined();
    });
  });

  cannot("yield_now_external_executor_and_block_in_place", "there is no block_in_place");
});
