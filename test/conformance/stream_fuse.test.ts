/** tokio-stream's `stream_fuse.rs`. */
import { interval } from "tokiwa";
import { IntervalStream } from "tokiwa/stream";
import { describe, expect } from "vitest";
import { test } from "./streams.ts";

describe("stream_fuse", () => {
  test("interval_stream_is_never_terminated", { startPaused: true }, async () => {
    const ticks = new IntervalStream(interval(10)).fuse();
    for (let round = 0; round < 3; round++) {
      await ticks.next();
      expect(ticks.isTerminated).toBe(false);
    }
  });
});
