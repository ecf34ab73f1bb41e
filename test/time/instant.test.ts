import { describe, expect, test } from "vitest";
import { registerKinds } from "../../src/sync/kinds.ts";
import { decode, encode } from "../../src/task/codec.ts";
import { Instant } from "../../src/time/instant.ts";
import { heap } from "../task/memory.ts";

describe("Instant", () => {
  const early = new Instant(1000);
  const late = new Instant(1250.5);

  test("since is never negative, checkedSince says so", () => {
    expect(late.since(early)).toBe(250.5);
    expect(early.since(late)).toBe(0);
    expect(late.checkedSince(early)).toBe(250.5);
    expect(early.checkedSince(late)).toBeUndefined();
    expect(early.checkedSince(early)).toBe(0);
  });

  test("add and sub move it, and refuse to leave the range", () => {
    expect(early.add(250.5).valueOf()).toBe(late.valueOf());
    expect(late.sub(250.5).valueOf()).toBe(early.valueOf());
    for (const ms of [Infinity, -Infinity, Number.NaN, 2 ** 54]) {
      expect(() => early.add(ms)).toThrow(RangeError);
      expect(() => early.sub(ms)).toThrow(RangeError);
      expect(early.checkedAdd(ms)).toBeUndefined();
      expect(early.checkedSub(ms)).toBeUndefined();
    }
    expect(early.checkedAdd(1)?.valueOf()).toBe(1001);
    expect(early.checkedSub(1)?.valueOf()).toBe(999);
  });

  test("compare orders, and so do the operators", () => {
    expect([late, early].sort((one, other) => one.compare(other))).toEqual([early, late]);
    expect(early < late).toBe(true);
    expect(early.compare(early)).toBe(0);
  });

  test("now never goes back, and elapsed counts from there", () => {
    const first = Instant.now();
    const second = Instant.now();
    expect(second.compare(first)).toBeGreaterThanOrEqual(0);
    expect(first.elapsed()).toBeGreaterThanOrEqual(second.since(first));
    expect(Instant.now().add(1e6).elapsed()).toBe(0);
  });

  test("fromPerformance and toPerformance speak of the same moment", () => {
    const before = performance.now();
    const now = Instant.now();
    const after = performance.now();
    // Each conversion reads two clocks, one after the other.
    expect(Instant.fromPerformance(before).compare(now)).toBeLessThan(1);
    expect(Instant.fromPerformance(after).compare(now)).toBeGreaterThan(-1000);
    const there = now.add(5000);
    expect(Math.abs(there.toPerformance() - after - 5000)).toBeLessThan(1000);
  });

  test("moves to other workers", () => {
    registerKinds();
    const { thread } = heap();
    const { kind, block, size, number } = encode([late], thread);
    const [moved] = decode(thread, kind, block, size, number) as [Instant];
    expect(moved).toBeInstanceOf(Instant);
    expect(moved.compare(late)).toBe(0);
  });
});
