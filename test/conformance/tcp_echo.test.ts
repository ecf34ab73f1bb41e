/** Tokio's `tcp_echo.rs`: what goes in comes back, through the halves of a stream. */
import { spawn } from "tokiwa";
import { TcpStream } from "tokiwa/net";
import { describe, expect, test } from "vitest";
import { bound, bytes, readText } from "../support/tcp.ts";

const ROUNDS = 1024;

describe("tcp_echo", () => {
  test("echo_server", async () => {
    using listener = await bound();
    const message = "foo bar baz";
    const client = spawn(async () => {
      using stream = await TcpStream.connect(listener.localAddr);
      for (let round = 0; round < ROUNDS; round++) {
        await stream.writeAll(bytes(message));
        expect(await readText(stream, message.length)).toBe(message);
      }
    });

    const { stream } = await listener.accept();
    const [reader, writer] = stream.split();
    const buffer = new Uint8Array(8192);
    let copied = 0;
    for (;;) {
      const count = await reader.read(buffer);
      if (count === 0) break;
      await writer.writeAll(buffer.subarray(0, count));
      copied += count;
    }
    expect(copied).toBe(message.length * ROUNDS);
    stream.close();
    await client;
  });
});
