/** tokio-stream's `stream_pending.rs`. */
import { pending } from "tokiwa/stream";
import { assertPending } from "tokiwa/test";
import { describe } from "vitest";
import { expectLeft, polled, test } from "./streams.ts";

describe("stream_pending", () => {
  test("basic_usage", async () => {
    const stream = pending<number>();
    const waiting = polled(stream);
    for (let round = 0; round < 2; round++) {
      expectLeft(stream, 0, Number.POSITIVE_INFINITY);
      assertPending(waiting.poll());
    }
  });
});
