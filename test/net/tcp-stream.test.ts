import { createHash } from "node:crypto";
import net from "node:net";
import { ClosedError, spawn, timeout } from "tokiwa";
import { NetError, UnexpectedEndError, UnsupportedError } from "tokiwa/error";
import { Interest, OwnedReadHalf, type OwnedWriteHalf, TcpStream } from "tokiwa/net";
import { expect, test } from "vitest";
import { both, bound, bytes, connected, onStd, readText, Started } from "../support/tcp.ts";
import { rejection, turns } from "../support/waiting.ts";

test("TcpStream.connect says that a connection is refused as Node does", async () => {
  const listener = await bound();
  const { address, port } = listener.localAddr;
  listener.close();
  const error = await rejection(TcpStream.connect({ address, port }));
  expect(error).toBeInstanceOf(NetError);
  expect(error).toMatchObject({ code: "ECONNREFUSED", syscall: "connect", address, port });
  expect((error as Error).message).toBe(`connect ECONNREFUSED ${address}:${port}`);
});

test("TcpStream.connect tries one address after the other", async () => {
  using listener = await bound();
  const closed = await bound();
  const nobody = closed.localAddr;
  closed.close();
  const [client, { stream }] = await both(
    TcpStream.connect([nobody, listener.localAddr]),
    listener.accept(),
  );
  expect(client.peerAddr).toEqual(listener.localAddr);
  client.close();
  stream.close();
});

test("TcpStream.connect names the host that cannot be resolved", async () => {
  const error = await rejection(TcpStream.connect("nowhere.invalid:80"));
  expect(error).toBeInstanceOf(NetError);
  expect(error).toMatchObject({ syscall: "getaddrinfo", address: "nowhere.invalid", port: 80 });
  expect(["ENOTFOUND", "EAI_AGAIN"]).toContain((error as NetError).code);
});

test("TcpStream.connect ends when its signal aborts", async () => {
  const reason = new Error("enough");
  const aborted = TcpStream.connect("127.0.0.1:1", { signal: AbortSignal.abort(reason) });
  expect(await rejection(aborted)).toBe(reason);

  const controller = new AbortController();
  // 192.0.2.1 belongs to nobody: no answer will come, or the system has no way to it.
  const connecting = TcpStream.connect("192.0.2.1:9", { signal: controller.signal });
  const started = new Started(connecting);
  await turns();
  controller.abort(reason);
  const error = await rejection(started.value);
  if (error !== reason) expect(error).toBeInstanceOf(NetError);
});

test("TcpStream.connect leaves from the address that it is told", async () => {
  using listener = await bound();
  for (const localAddress of ["127.0.0.2", { address: "127.0.0.3", port: 0 }, "127.0.0.4:0"]) {
    const [client, { stream, addr }] = await both(
      TcpStream.connect(listener.localAddr, { localAddress }),
      listener.accept(),
    );
    const host = typeof localAddress === "string" ? localAddress : localAddress.address;
    expect(addr.address).toBe(host.split(":")[0]);
    client.close();
    stream.close();
  }
  expect(() => TcpStream.connect("127.0.0.1:1", { localAddress: "nowhere" })).toThrow(TypeError);
});

test("TcpStream carries megabytes both ways, in order and whole", async () => {
  using pair = await connected();
  const size = 8 * 1024 * 1024;
  const content = new Uint8Array(size);
  for (let index = 0; index < size; index++) content[index] = (index * 31 + (index >> 9)) & 255;
  const digest = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");

  const sending = spawn(async () => {
    await pair.client.writeAll(content);
    await pair.client.shutdown();
  });
  const echoing = spawn(async () => {
    const buffer = new Uint8Array(10_000);
    for (;;) {
      const count = await pair.server.read(buffer);
      if (count === 0) break;
      await pair.server.writeAll(buffer.subarray(0, count));
    }
    await pair.server.shutdown();
  });
  const received = await pair.client.readToEnd();
  await sending;
  await echoing;
  expect(received.length).toBe(size);
  expect(digest(received)).toBe(digest(content));
});

test("TcpStream waits with writing until the other side reads", async () => {
  using pair = await connected();
  const size = 32 * 1024 * 1024;
  const writing = new Started(pair.client.writeAll(new Uint8Array(size)));
  await turns(20);
  expect(writing.isSettled).toBe(false);
  const buffer = new Uint8Array(1 << 20);
  let read = 0;
  while (read < size) read += await pair.server.read(buffer);
  await writing.value;
  expect(read).toBe(size);
});

test("TcpStream takes copies: a buffer may be used again as soon as it is written", async () => {
  using pair = await connected();
  const buffer = new Uint8Array(4);
  for (let round = 0; round < 100; round++) {
    buffer.fill(round);
    await pair.client.writeAll(buffer);
  }
  buffer.fill(255);
  await pair.client.shutdown();
  const all = await pair.server.readToEnd();
  expect([...all]).toEqual(Array.from({ length: 400 }, (_, index) => index >> 2));
});

test("TcpStream.readExact and readToEnd tell of ends and limits", async () => {
  using pair = await connected();
  await pair.client.writeAll(bytes("abc"));
  await pair.client.shutdown();
  const error = await rejection(pair.server.readExact(new Uint8Array(4)));
  expect(error).toBeInstanceOf(UnexpectedEndError);
  expect(error).toMatchObject({ bytesRead: 3 });
  expect((error as Error).message).toBe("Cannot read 4 bytes: the stream ended after 3");

  await pair.server.writeAll(bytes("0123456789"));
  await pair.server.shutdown();
  const tooMuch = await rejection(pair.client.readToEnd({ limit: 9 }));
  expect(tooMuch).toBeInstanceOf(RangeError);
  expect(() => pair.client.readToEnd({ limit: -1 })).toThrow(RangeError);
});

test("TcpStream.readToEnd takes as much as the limit allows", async () => {
  using pair = await connected();
  await pair.client.writeAll(bytes("0123456789"));
  await pair.client.shutdown();
  expect(await pair.server.readToEnd({ limit: 10 })).toEqual(bytes("0123456789"));
});

test("TcpStream writes several buffers as one", async () => {
  using pair = await connected();
  const parts = ["one", "", "two", "three"].map(bytes);
  expect(await pair.client.writeVectored(parts)).toBe(11);
  expect(await readText(pair.server, 11)).toBe("onetwothree");
  expect(await pair.client.writeVectored([])).toBe(0);

  const long = Array.from({ length: 50 }, (_, index) => new Uint8Array(7000).fill(index));
  long.push(new Uint8Array(100_000).fill(50));
  const writing = spawn(async () => await pair.client.writeAllVectored(long));
  const all = new Uint8Array(450_000);
  await pair.server.readExact(all);
  await writing;
  expect(all.every((byte, index) => byte === Math.min(50, Math.trunc(index / 7000)))).toBe(true);
});

test.for(["whole", "split", "owned"] as const)(
  "empty buffers wait for nothing: %s stream",
  async (kind) => {
    using pair = await connected();
    const { client } = pair;
    // Nothing to read, and no room to write.
    while (client.tryWrite(new Uint8Array(65536)) !== undefined) await turns(1);
    const halves = kind === "owned" ? client.intoSplit() : client.split();
    const [reader, writer] = kind === "whole" ? [client, client] : halves;
    const empty = new Uint8Array(0);
    expect(await reader.read(empty)).toBe(0);
    expect(await reader.peek(empty)).toBe(0);
    expect(await reader.readExact(empty)).toBe(0);
    expect(await writer.write(empty)).toBe(0);
    expect(await writer.writeVectored([empty, empty])).toBe(0);
    expect(writer.tryWriteVectored([empty])).toBe(0);
    await writer.writeAll(empty);
    await writer.writeAllVectored([]);
    if (reader instanceof OwnedReadHalf) reader.reunite(writer as OwnedWriteHalf).close();
  },
);

test("TcpStream with empty buffers neither waits nor ends", async () => {
  using pair = await connected();
  const empty = new Uint8Array(0);
  // Not the end of the stream, although it is 0: nothing was asked for.
  await pair.client.writeAll(bytes("x"));
  await pair.server.readable();
  expect(await pair.server.read(empty)).toBe(0);
  expect(await pair.server.peek(empty)).toBe(0);
  expect(pair.server.tryRead(empty)).toBe(0);
  expect(await pair.server.write(empty)).toBe(0);
  await pair.server.writeAll(empty);
  expect(await readText(pair.server, 1)).toBe("x");
});

test("TcpStream refuses what are no bytes at once", async () => {
  using pair = await connected();
  const wrong = "text" as unknown as Uint8Array;
  expect(() => pair.client.read(wrong)).toThrow(
    'Cannot read: buffer must be a Uint8Array, got "text"',
  );
  expect(() => pair.client.write([1] as unknown as Uint8Array)).toThrow("got an array");
  expect(() => pair.client.writeVectored([wrong])).toThrow(TypeError);
  expect(() => pair.client.writeVectored(wrong as never)).toThrow("must be an array");
  expect(() => pair.client.ready(0)).toThrow(RangeError);
});

test("TcpStream.close wakes whoever waits, and everything after it says why", async () => {
  using pair = await connected();
  const reading = new Started(pair.client.read(new Uint8Array(1)));
  await turns();
  pair.client.close();
  pair.client.close();
  const error = await rejection(reading.value);
  expect(error).toBeInstanceOf(ClosedError);
  expect((error as Error).message).toBe("Cannot read: the stream is closed");
  const late = await rejection(pair.client.writeAll(bytes("x")));
  expect((late as Error).message).toBe("Cannot write: the stream is closed");
  expect(() => pair.client.nodelay).toThrow("Cannot get nodelay: the stream is closed");
  expect(() => pair.client.tryRead(new Uint8Array(1))).toThrow(ClosedError);
  expect(await pair.server.read(new Uint8Array(1))).toBe(0);
});

test("TcpStream.close still sends what was written", async () => {
  using pair = await connected();
  await pair.client.writeAll(bytes("last words"));
  pair.client.close();
  expect(await pair.server.readToEnd()).toEqual(bytes("last words"));
});

test("TcpStream tells of a reset", async () => {
  using pair = await connected();
  await pair.client.writeAll(bytes("x"));
  await readText(pair.server, 1);
  pair.server.setLinger(0);
  pair.server.close();
  const error = await rejection(pair.client.read(new Uint8Array(1)));
  expect(error).toMatchObject({ code: "ECONNRESET", syscall: "read" });
  const broken = await rejection(pair.client.writeAll(bytes("x")));
  expect(broken).toMatchObject({ code: "EPIPE", syscall: "write" });
});

test("TcpStream.read that is given up has read nothing", async () => {
  using pair = await connected();
  const buffer = new Uint8Array(8);
  for (let round = 0; round < 20; round++) await rejection(timeout(1, pair.server.read(buffer)));
  const aborted = spawn(async () => await pair.server.read(buffer));
  await turns();
  aborted.abort();
  await rejection(aborted);
  await pair.client.writeAll(bytes("kept"));
  expect(await readText(pair.server, 4)).toBe("kept");
});

test("TcpStream.shutdown keeps the other direction open", async () => {
  using pair = await connected();
  await pair.client.shutdown();
  expect(await pair.server.readToEnd()).toHaveLength(0);
  await pair.server.writeAll(bytes("still here"));
  expect(await readText(pair.client, 10)).toBe("still here");
  const error = await rejection(pair.client.write(bytes("x")));
  expect(error).toMatchObject({ code: "EPIPE", syscall: "write" });
});

test("TcpStream.split and intoSplit say what became of the stream", async () => {
  using pair = await connected();
  const [reader, writer] = pair.client.intoSplit();
  const error = await rejection(pair.client.read(new Uint8Array(1)));
  expect((error as Error).message).toBe("Cannot read: the stream was split");
  expect(() => pair.client.split()).toThrow("Cannot split: the stream was split");

  writer.forget();
  await reader.ready(Interest.WRITABLE);
  const gone = await rejection(writer.write(bytes("x")));
  expect((gone as Error).message).toBe("Cannot write: the write half was forgotten");
  const silent = new Started(pair.server.read(new Uint8Array(1)));
  await turns();
  expect(silent.isSettled).toBe(false);
  reader[Symbol.dispose]();
  expect(await silent.value).toBe(0);
});

test("TcpStream sets and tells its options", async () => {
  using pair = await connected();
  const { client } = pair;
  client.setKeepalive(true, { idleMs: 30_000 });
  expect(client.keepalive).toBe(true);
  expect(client.linger).toBeUndefined();
  client.setLinger(0);
  expect(client.linger).toBe(0);
  client.setLinger(undefined);
  expect(client.linger).toBeUndefined();
  expect(() => client.setKeepalive(true, { idleMs: 1500 })).toThrow(RangeError);
  expect(() => client.setLinger(-1)).toThrow(RangeError);
  expect(() => client.setTtl(0)).toThrow("hops must be a whole number from 1 to 255, got 0");
  if (onStd) {
    expect(() => client.setTtl(10)).toThrow(UnsupportedError);
    expect(() => client.setLinger(1000)).toThrow(UnsupportedError);
    return;
  }
  client.setTtl(10);
  expect(client.ttl).toBe(10);
  client.setLinger(2000);
  expect(client.linger).toBe(2000);
  client.setLinger(undefined);
});

test("TcpStream gets on with node:net", async () => {
  using listener = await bound();
  const socket = net.connect(listener.localAddr.port, "127.0.0.1");
  const { stream } = await listener.accept();
  socket.write("ping");
  expect(await readText(stream, 4)).toBe("ping");
  await stream.writeAll(bytes("pong"));
  stream.close();
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe("pong");
});
