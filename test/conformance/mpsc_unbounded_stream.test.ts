/** tokio-stream's `mpsc_unbounded_stream.rs`. */
import { describe, expect } from "vitest";
import { expectLeft, fed, test } from "./streams.ts";

describe("mpsc_unbounded_stream", () => {
  test("size_hint_stream_open", async () => {
    const { sender, stream } = fed<number>();
    sender.send(1);
    sender.send(2);
    expectLeft(stream, 2, Number.POSITIVE_INFINITY);
    await stream.next();
    expectLeft(stream, 1, Number.POSITIVE_INFINITY);
  });

  test("size_hint_stream_closed", async () => {
    const { sender, stream } = fed<number>();
    sender.send(1);
    sender.send(2);
    stream.close();
    for (const left of [2, 1]) {
      expectLeft(stream, left);
      await stream.next();
    }
    expectLeft(stream, 0);
    expect(await stream.next()).toBeUndefined();
  });

  test("size_hint_sender_dropped", async () => {
    const { sender, stream } = fed<number>();
    sender.send(1);
    sender[Symbol.dispose]();
    expectLeft(stream, 1);
    await stream.next();
    expectLeft(stream, 0);
  });

  test("size_hint_stream_instantly_closed", async () => {
    const { stream } = fed<number>();
    stream.close();
    expectLeft(stream, 0);
    expect(await stream.next()).toBeUndefined();
  });
});
