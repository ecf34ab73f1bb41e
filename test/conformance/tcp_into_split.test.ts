/** Tokio's `tcp_into_split.rs`: halves that go their own ways. */
import { spawn } from "tokiwa";
import { ReuniteError } from "tokiwa/error";
import { describe, expect, test } from "vitest";
import { bytes, connected, readText } from "../support/tcp.ts";

const MESSAGE = "split";

describe("tcp_into_split", () => {
  test("split", async () => {
    using pair = await connected();
    const [reader, writer] = pair.client.intoSplit();
    const echo = spawn(async () => {
      await pair.server.writeAll(bytes(MESSAGE));
      return await readText(pair.server, MESSAGE.length);
    });
    const reading = spawn(async () => {
      const peeked = new Uint8Array(32);
      for (let time = 0; time < 2; time++) {
        const count = await reader.peek(peeked);
        expect(new TextDecoder().decode(peeked.subarray(0, count))).toBe(MESSAGE);
      }
      return await readText(reader, MESSAGE.length);
    });
    const writing = spawn(async () => await writer.write(bytes(MESSAGE)));

    expect(await writing).toBe(MESSAGE.length);
    expect(await reading).toBe(MESSAGE);
    expect(await echo).toBe(MESSAGE);
    reader[Symbol.dispose]();
    writer[Symbol.dispose]();
  });

  test("reunite", async () => {
    using first = await connected();
    using second = await connected();
    const [reader, writer] = first.client.intoSplit();
    const [otherReader, otherWriter] = second.client.intoSplit();

    expect(() => reader.reunite(otherWriter)).toThrow(ReuniteError);
    expect(() => writer.reunite(otherReader)).toThrow(ReuniteError);
    using whole = reader.reunite(writer);
    using other = otherWriter.reunite(otherReader);
    await whole.writeAll(bytes(MESSAGE));
    expect(await readText(first.server, MESSAGE.length)).toBe(MESSAGE);
    expect(other.peerAddr).toEqual(second.server.localAddr);
  });

  test("drop_write", async () => {
    using pair = await connected();
    const server = spawn(async () => {
      await pair.server.writeAll(bytes(MESSAGE));
      // The end of the stream comes from the disposed half alone.
      expect(await pair.server.read(new Uint8Array(32))).toBe(0);
      pair.server.close();
    });
    const [reader, writer] = pair.client.intoSplit();
    expect(await readText(reader, MESSAGE.length)).toBe(MESSAGE);
    writer[Symbol.dispose]();
    expect(await reader.read(new Uint8Array(32))).toBe(0);
    reader[Symbol.dispose]();
    await server;
  });
});
