/** Tokio's `test_clock.rs`. */
import { advance, assertElapsed, pause, resume, testWith } from "tokiwa/test";
import { Instant } from "tokiwa/time";
import { test as base, describe, expect } from "vitest";

const test = testWith(base);

describe("test_clock", () => {
  test("can_pause_after_resume", async () => {
    const start = Instant.now();
    pause();
    await advance(500);
    resume();
    pause();
    await advance(500);
    resume();
    expect(start.elapsed()).toBeGreaterThanOrEqual(1000);
    pause();
    const last = Instant.now();
    await advance(500);
    assertElapsed(last, 500);
  });

  test("freezing_time_while_frozen_panics", async () => {
    pause();
    expect(() => pause()).toThrow("Cannot pause clock: it is paused already");
  });

  test("advancing_time_when_time_is_not_frozen_panics", async () => {
    expect(() => advance(1)).toThrow("Cannot advance clock: it is not paused");
  });

  test("resuming_time_when_not_frozen_panics", async () => {
    pause();
    resume();
    expect(() => resume()).toThrow("Cannot resume clock: it is not paused");
  });
});
