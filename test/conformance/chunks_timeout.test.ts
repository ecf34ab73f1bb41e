/** tokio-stream's `chunks_timeout.rs`. */
import { Instant, sleep } from "tokiwa";
import { iter } from "tokiwa/stream";
import { describe, expect } from "vitest";
import { test } from "./streams.ts";

const slow = () =>
  iter([1, 2, 3]).chain(
    iter([4, 5]).mapAsync(function* (number) {
      if (number === 4) yield* sleep(2000);
      return number;
    }),
  );

describe("chunks_timeout", () => {
  test("usage", { startPaused: true }, async () => {
    const chunks = slow().chunksTimeout(4, 1000);
    const start = Instant.now();
    expect(await chunks.next()).toEqual([1, 2, 3]);
    expect(start.elapsed()).toBe(1000);
    expect(await chunks.next()).toEqual([4, 5]);
    expect(start.elapsed()).toBe(2000);
    expect(await chunks.next()).toBeUndefined();
  });

  test("real_time", async () => {
    const chunks = iter([1, 2, 3]).throttle(5).chunksTimeout(100, 1);
    expect((await chunks.collect()).flat()).toEqual([1, 2, 3]);
  });
});
