/** Tokio's `tcp_peek.rs`: looking at what has come without taking it. */
import { describe, expect, test } from "vitest";
import { connected } from "../support/tcp.ts";

describe("tcp_peek", () => {
  test("peek", async () => {
    using pair = await connected();
    await pair.client.writeAll(Uint8Array.of(1, 2, 3, 4));

    const first = new Uint8Array(2);
    const second = new Uint8Array(2);
    expect(await pair.server.peek(first)).toBe(2);
    expect(await pair.server.read(second)).toBe(2);
    expect(first).toEqual(Uint8Array.of(1, 2));
    expect(second).toEqual(first);

    expect(await pair.server.peek(first)).toBe(2);
    expect(await pair.server.peek(second)).toBe(2);
    expect(first).toEqual(Uint8Array.of(3, 4));
    expect(second).toEqual(first);
  });
});
