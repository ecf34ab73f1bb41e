/** tokio-stream's `join_set_stream.rs`. */
import { JoinSet } from "tokiwa";
import { JoinSetStream } from "tokiwa/stream";
import { describe, expect } from "vitest";
import { expectLeft, test } from "./streams.ts";

const setOf = (size: number) =>
  JoinSet.from(Array.from({ length: size }, (_, index) => async () => index));

describe("join_set_stream", () => {
  test("size_hint_stream", async () => {
    const stream = new JoinSetStream(setOf(3));
    for (const left of [3, 2, 1]) {
      expectLeft(stream, left);
      await stream.next();
    }
    expectLeft(stream, 0);
  });

  test("join_set_as_stream", async () => {
    const values = await new JoinSetStream(setOf(10)).collect();
    expect(values.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
