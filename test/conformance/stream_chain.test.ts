/** tokio-stream's `stream_chain.rs`. */
import { END, iter, pollFn } from "tokiwa/stream";
import { assertPending } from "tokiwa/test";
import { describe, expect } from "vitest";
import { expectLeft, fed, polled, test } from "./streams.ts";

describe("stream_chain", () => {
  test("basic_usage", async () => {
    const stream = iter([1, 2]).chain(iter([3, 4]));
    for (const left of [4, 3, 2, 1]) {
      expectLeft(stream, left);
      expect(await stream.next()).toBe(5 - left);
    }
    expectLeft(stream, 0);
    expect(await stream.next()).toBeUndefined();
    expectLeft(stream, 0);
  });

  test("pending_first", async () => {
    const { sender, stream } = fed<number>();
    let polls = 0;
    const second = pollFn(() => {
      polls += 1;
      return END;
    });
    const waiting = polled(stream.chain(second));
    assertPending(waiting.poll());
    sender.send(1);
    expect(waiting.isWoken).toBe(true);
    expect(waiting.poll()).toBe(1);
    assertPending(waiting.poll());
    expect(polls).toBe(0);
    sender[Symbol.dispose]();
    expect(waiting.isWoken).toBe(true);
    expect(waiting.poll()).toBe(END);
    expect(polls).toBe(1);
  });
});
