/** tokio-stream's `stream_close.rs`: `StreamNotifyClose` is `notifyClose`. */
import { Closed, iter } from "tokiwa/stream";
import { describe, expect } from "vitest";
import { test } from "./streams.ts";

describe("stream_close", () => {
  test("basic_usage", async () => {
    const stream = iter([1, 2]).notifyClose();
    const items = [];
    for await (const item of stream) items.push(item);
    expect(items).toEqual([1, 2, Closed]);
    expect(await stream.next()).toBeUndefined();
  });
});
