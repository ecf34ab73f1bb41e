/** tokio-stream's `stream_empty.rs`. */
import { empty } from "tokiwa/stream";
import { describe, expect } from "vitest";
import { expectLeft, test } from "./streams.ts";

describe("stream_empty", () => {
  test("basic_usage", async () => {
    const none = empty<number>();
    for (let round = 0; round < 2; round++) {
      expectLeft(none, 0);
      expect(await none.next()).toBeUndefined();
    }
  });
});
