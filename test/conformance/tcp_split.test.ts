/** Tokio's `tcp_split.rs`: the halves of a stream that stays one. */
import { describe, expect, test } from "vitest";
import { bytes, connected, readText } from "../support/tcp.ts";

const MESSAGE = "split";

describe("tcp_split", () => {
  test("split", async () => {
    using pair = await connected();
    const [reader, writer] = pair.client.split();
    const echo = (async () => {
      await pair.server.writeAll(bytes(MESSAGE));
      return await readText(pair.server, MESSAGE.length);
    })();

    const peeked = new Uint8Array(32);
    for (let time = 0; time < 2; time++) {
      const count = await reader.peek(peeked);
      expect(new TextDecoder().decode(peeked.subarray(0, count))).toBe(MESSAGE);
    }
    expect(await readText(reader, MESSAGE.length)).toBe(MESSAGE);
    expect(await writer.write(bytes(MESSAGE))).toBe(MESSAGE.length);
    expect(await echo).toBe(MESSAGE);
  });
});
