/** tokio-stream's `stream_once.rs`. */
import { once } from "tokiwa/stream";
import { describe, expect } from "vitest";
import { expectLeft, test } from "./streams.ts";

describe("stream_once", () => {
  test("basic_usage", async () => {
    const one = once(1);
    expectLeft(one, 1);
    expect(await one.next()).toBe(1);
    expectLeft(one, 0);
    expect(await one.next()).toBeUndefined();
  });
});
