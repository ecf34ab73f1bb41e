/** tokio-stream's `stream_merge.rs`. */
import { END, iter } from "tokiwa/stream";
import { assertPending } from "tokiwa/test";
import { describe, expect } from "vitest";
import { expectLeft, fed, polled, test } from "./streams.ts";

describe("stream_merge", () => {
  test("merge_sync_streams", async () => {
    const stream = iter([0, 2, 4, 6]).merge(iter([1, 3, 5]));
    for (let number = 0; number < 7; number++) {
      expectLeft(stream, 7 - number);
      expect(await stream.next()).toBe(number);
    }
    expect(await stream.next()).toBeUndefined();
    expectLeft(stream, 0);
  });

  test("merge_async_streams", async () => {
    const [one, two] = [fed<number>(), fed<number>()];
    const waiting = polled(one.stream.merge(two.stream));
    assertPending(waiting.poll());
    one.sender.send(1);
    expect(waiting.isWoken).toBe(true);
    expect(waiting.poll()).toBe(1);
    assertPending(waiting.poll());
    two.sender.send(2);
    expect(waiting.isWoken).toBe(true);
    expect(waiting.poll()).toBe(2);
    one.sender[Symbol.dispose]();
    assertPending(waiting.poll());
    two.sender.send(3);
    two.sender[Symbol.dispose]();
    expect([waiting.poll(), waiting.poll()]).toEqual([3, END]);
  });
});
