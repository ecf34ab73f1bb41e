/** Tokio's `rt_time_start_paused.rs`. */
import { testWith } from "tokiwa/test";
import { Instant } from "tokiwa/time";
import { test as base, describe, expect } from "vitest";
import { until } from "../support/waiting.ts";

const test = testWith(base);

describe("rt_time_start_paused", () => {
  test("test_start_paused", { startPaused: true }, async () => {
    const now = Instant.now();
    const begin = performance.now();
    await until(() => performance.now() - begin >= 5);
    expect(now.elapsed()).toBe(0);
  });
});
