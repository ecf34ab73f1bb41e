/** Tokio's `tcp_stream.rs`: readiness, and calls that never wait. */
import { Interest, type TcpStream } from "tokiwa/net";
import { describe, expect, test } from "vitest";
import { connected, Started } from "../support/tcp.ts";
import { turns, until } from "../support/waiting.ts";

/** Writes until there is no room left; returns how many bytes went. */
async function fill(stream: TcpStream): Promise<number> {
  const chunk = new Uint8Array(16384).fill(7);
  let written = 0;
  let refusals = 0;
  // The system moves bytes on behind the scenes: it is full once it refuses for a while.
  while (refusals < 5) {
    const count = stream.tryWrite(chunk);
    written += count ?? 0;
    refusals = count === undefined ? refusals + 1 : 0;
    if (count === undefined) await turns();
  }
  return written;
}

/** Reads whatever comes until `wanted` bytes have. */
async function drain(stream: TcpStream, wanted: number): Promise<number> {
  const buffer = new Uint8Array(65536);
  let read = 0;
  while (read < wanted) {
    await stream.readable();
    read += stream.tryRead(buffer) ?? 0;
  }
  return read;
}

describe("tcp_stream", () => {
  test("try_read_write", async () => {
    using pair = await connected();
    const { client, server } = pair;
    const message = new TextEncoder().encode("hello");

    await client.writable();
    expect(client.tryWrite(message)).toBe(message.length);
    const arrived = new Started(server.readable());
    await arrived.value;
    const buffer = new Uint8Array(32);
    expect(server.tryRead(buffer)).toBe(message.length);
    expect(buffer.subarray(0, message.length)).toEqual(message);
    expect(server.tryRead(buffer)).toBeUndefined();
    const nothing = new Started(server.readable());
    await turns();
    expect(nothing.isSettled).toBe(false);

    const written = await fill(client);
    await nothing.value;
    const full = new Started(client.writable());
    await turns();
    expect(full.isSettled).toBe(false);
    expect(await drain(server, written)).toBe(written);
    await full.value;

    // The same with several buffers.
    expect(client.tryWriteVectored([message, message])).toBe(2 * message.length);
    expect(await drain(server, 2 * message.length)).toBe(2 * message.length);

    client.close();
    await server.readable();
    await until(() => server.tryRead(buffer) === 0);
  });

  test("poll_read_ready", async () => {
    using pair = await connected();
    const { client, server } = pair;
    const before = new Started(server.readable());
    await turns();
    expect(before.isSettled).toBe(false);

    await client.writeAll(Uint8Array.of(1));
    await before.value;
    // It holds until a read finds nothing.
    await server.readable();
    const buffer = new Uint8Array(8);
    expect(server.tryRead(buffer)).toBe(1);
    expect(server.tryRead(buffer)).toBeUndefined();
    const after = new Started(server.readable());
    await turns();
    expect(after.isSettled).toBe(false);

    client.close();
    expect((await after.value).isReadable).toBe(true);
    expect(await server.read(buffer)).toBe(0);
  });

  test("poll_write_ready", async () => {
    using pair = await connected();
    const { client, server } = pair;
    await client.writable();
    await client.writable();
    await fill(client);
    const full = new Started(client.writable());
    await turns();
    expect(full.isSettled).toBe(false);

    server.setLinger(0);
    server.close();
    expect((await full.value).isWritable).toBe(true);
  });

  test("read_closed", async () => {
    using pair = await connected();
    await pair.client.writeAll(Uint8Array.of(1));
    const ready = await pair.server.ready(Interest.READABLE);
    expect(ready.isReadable).toBe(true);
    expect(ready.isReadClosed).toBe(false);
  });

  test("write_closed", async () => {
    using pair = await connected();
    const ready = await pair.client.ready(Interest.WRITABLE);
    expect(ready.isWritable).toBe(true);
    expect(ready.isWriteClosed).toBe(false);
  });
});
