/** tokio-stream's `stream_map_while.rs`. */
import { iter, pollFn } from "tokiwa/stream";
import { describe, expect } from "vitest";
import { test } from "./streams.ts";

const doubledBelow3 = (number: number) => (number < 3 ? number * 2 : undefined);

describe("stream_map_while", () => {
  test("map_while_yields_until_closure_returns_none", async () => {
    expect(await iter([1, 2, 3, 1]).mapWhile(doubledBelow3).collect()).toEqual([2, 4]);
  });

  test("map_while_does_not_poll_after_closure_returns_none", async () => {
    let asked = 0;
    const counting = pollFn(() => {
      asked += 1;
      return asked;
    });
    const stream = counting.mapWhile(doubledBelow3);
    expect(await stream.collect()).toEqual([2, 4]);
    expect(await stream.next()).toBeUndefined();
    expect(asked).toBe(3);
  });
});
