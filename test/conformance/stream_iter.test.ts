/** tokio-stream's `stream_iter.rs`. */
import { END, iter } from "tokiwa/stream";
import { assertPending } from "tokiwa/test";
import { describe, expect } from "vitest";
import { expectLeft, polled, test } from "./streams.ts";

function* naturals(): Generator<number> {
  for (let number = 1; ; number++) yield number;
}

describe("stream_iter", () => {
  test("coop", async () => {
    const waiting = polled(iter(naturals()).filter((number) => number > 10_000));
    assertPending(waiting.poll());
    expect(waiting.isWoken).toBe(true);
  });

  test("test_iter_coop_budget", async () => {
    let asked = 0;
    const never = iter(naturals()).filter(() => {
      asked += 1;
      return false;
    });
    assertPending(polled(never).poll());
    expect(asked).toBe(128);
  });

  test("test_iter_size_hint", async () => {
    const stream = iter([1, 2, 3]);
    const waiting = polled(stream);
    for (const left of [3, 2, 1]) {
      expectLeft(stream, left);
      waiting.poll();
    }
    expectLeft(stream, 0);
  });

  test("test_iter_eof_behavior", async () => {
    const waiting = polled(iter([1]));
    expect([waiting.poll(), waiting.poll(), waiting.poll()]).toEqual([1, END, END]);
  });
});
