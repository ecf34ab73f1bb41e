/** tokio-stream's `stream_chunks_timeout.rs`. */
import { END } from "tokiwa/stream";
import { assertPending } from "tokiwa/test";
import { describe, expect } from "vitest";
import { fed, polled, test } from "./streams.ts";

describe("stream_chunks_timeout", () => {
  test("stream_chunks_remainder", { startPaused: true }, async () => {
    const { sender, stream } = fed<number>();
    const chunks = stream.chunksTimeout(4, 100);
    sender.send(5);
    sender.send(6);
    assertPending(polled(chunks).poll());
    expect(chunks.takeRemainder()).toEqual([5, 6]);
    sender.send(7);
    sender[Symbol.dispose]();
    expect(polled(stream).poll()).toBe(7);
    expect(polled(chunks).poll()).toBe(END);
  });
});
