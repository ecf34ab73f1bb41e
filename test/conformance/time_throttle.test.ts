/** tokio-stream's `time_throttle.rs`. */
import { Instant } from "tokiwa";
import { iter } from "tokiwa/stream";
import { describe, expect } from "vitest";
import { test } from "./streams.ts";

describe("time_throttle", () => {
  test("usage", { startPaused: true }, async () => {
    const stream = iter([1, 2, 3]).throttle(100);
    const start = Instant.now();
    const at: number[] = [];
    while ((await stream.next()) !== undefined) at.push(start.elapsed());
    expect(at).toEqual([0, 100, 200]);
  });
});
