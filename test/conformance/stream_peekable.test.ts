/** tokio-stream's `stream_peekable.rs`. */
import { END, empty, iter, pollFn } from "tokiwa/stream";
import { assertPending, task } from "tokiwa/test";
import { describe, expect } from "vitest";
import { expectLeft, fed, polled, test } from "./streams.ts";

describe("stream_peekable", () => {
  test("size_hint_without_peek", async () => {
    const stream = iter([1, 2]).peekable();
    for (const left of [2, 1]) {
      expectLeft(stream, left);
      await stream.next();
    }
    expectLeft(stream, 0);
  });

  test("size_hint_with_peek", async () => {
    const stream = iter([1, 2]).peekable();
    for (const left of [2, 1]) {
      await stream.peek();
      expectLeft(stream, left);
      await stream.next();
    }
    expectLeft(stream, 0);
  });

  test("size_hint_empty_stream", async () => {
    const stream = empty().peekable();
    expectLeft(stream, 0);
    expect(await stream.peek()).toBeUndefined();
    expectLeft(stream, 0);
  });

  test("peek_returns_correct_item", async () => {
    const stream = iter([1, 2]).peekable();
    expect([await stream.peek(), await stream.peek(), await stream.next()]).toEqual([1, 1, 1]);
    expect([await stream.peek(), await stream.next(), await stream.peek()]).toEqual([
      2,
      2,
      undefined,
    ]);
  });

  test("size_hint_unbounded_upper", async () => {
    const stream = pollFn(() => 1).peekable();
    expectLeft(stream, 0, Number.POSITIVE_INFINITY);
    await stream.peek();
    expectLeft(stream, 1, Number.POSITIVE_INFINITY);
  });

  test("peek_does_not_consume", async () => {
    const stream = iter([1, 2, 3]).peekable();
    await stream.peek();
    expect(await stream.collect()).toEqual([1, 2, 3]);
  });

  test("peek_mut_mutates_yielded_item", async () => {
    const stream = iter([{ number: 1 }]).peekable();
    const seen = await stream.peek();
    if (seen !== undefined) seen.number = 5;
    expect(await stream.next()).toEqual({ number: 5 });
  });

  test("peek_on_empty_stream", async () => {
    expect(await empty().peekable().peek()).toBeUndefined();
  });

  test("poll_peek_does_not_advance_stream", async () => {
    const stream = iter([1]).peekable();
    const peeking = task(stream.peek());
    expect([peeking.poll(), peeking.poll(), polled(stream).poll()]).toEqual([1, 1, 1]);
    expect(polled(stream).poll()).toBe(END);
  });

  test("poll_peek_mutates_buffered_item", async () => {
    const stream = iter([{ number: 1 }]).peekable();
    (task(stream.peek()).poll() as { number: number }).number = 5;
    expect(polled(stream).poll()).toEqual({ number: 5 });
  });

  test("poll_peek_propagates_pending", async () => {
    const { sender, stream } = fed<number>();
    const peeking = task(stream.peekable().peek());
    assertPending(peeking.poll());
    sender.send(1);
    expect(peeking.isWoken).toBe(true);
    expect(peeking.poll()).toBe(1);
  });
});
