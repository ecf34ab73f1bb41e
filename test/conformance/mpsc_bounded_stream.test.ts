/** tokio-stream's `mpsc_bounded_stream.rs`. */
import { mpsc } from "tokiwa";
import { ReceiverStream } from "tokiwa/stream";
import { describe, expect } from "vitest";
import { expectLeft, test } from "./streams.ts";

function bounded(capacity: number) {
  const { sender, receiver } = mpsc.channel<number>(capacity);
  return { sender, stream: new ReceiverStream(receiver) };
}

describe("mpsc_bounded_stream", () => {
  test("size_hint_stream_closed", async () => {
    const { sender, stream } = bounded(4);
    await sender.send(1);
    await sender.send(2);
    expectLeft(stream, 2, Number.POSITIVE_INFINITY);
    stream.close();
    expectLeft(stream, 2);
    expect(await stream.next()).toBe(1);
    expectLeft(stream, 1);
    expect(await stream.next()).toBe(2);
    expectLeft(stream, 0);
    expect(await stream.next()).toBeUndefined();
    expectLeft(stream, 0);
  });

  test("size_hint_stream_instantly_closed", async () => {
    const { stream } = bounded(4);
    stream.close();
    expectLeft(stream, 0);
    expect(await stream.next()).toBeUndefined();
    expectLeft(stream, 0);
  });

  test("size_hint_stream_closed_permits_send", async () => {
    const { sender, stream } = bounded(4);
    await sender.send(1);
    const [first, second] = [await sender.reserve(), await sender.reserve()];
    stream.close();
    expectLeft(stream, 1, 3);
    second.send(2);
    expectLeft(stream, 2, 3);
    first.send(3);
    expectLeft(stream, 3);
    expect(await stream.collect()).toEqual([1, 2, 3]);
    expectLeft(stream, 0);
  });

  test("size_hint_stream_closed_permits_drop", async () => {
    const { sender, stream } = bounded(4);
    await sender.send(1);
    const [first, second] = [await sender.reserve(), await sender.reserve()];
    stream.close();
    expectLeft(stream, 1, 3);
    second[Symbol.dispose]();
    expectLeft(stream, 1, 2);
    first[Symbol.dispose]();
    expectLeft(stream, 1);
    expect(await stream.collect()).toEqual([1]);
    expectLeft(stream, 0);
  });
});
