/** What the system refuses or ends: every error says which call it was, and with whom. */
import { Runtime, spawn } from "tokiwa";
import { NetError } from "tokiwa/error";
import { type TcpListener, TcpStream } from "tokiwa/net";
import { expect, test } from "vitest";
import { bound, bytes, connected, onStd } from "../support/tcp.ts";
import { rejection } from "../support/waiting.ts";
import { readAway } from "./fixtures/handlers.mjs";

/** Writes until that fails. */
async function writeOn(stream: TcpStream): Promise<void> {
  for (;;) await stream.writeAll(new Uint8Array(1024));
}

test("TcpStream.read says who has reset the connection", async () => {
  using pair = await connected();
  const { client, server } = pair;
  const there = { address: client.peerAddr.address, port: client.peerAddr.port };
  server.setLinger(0);
  server.close();
  const error = await rejection(client.read(new Uint8Array(1)));
  expect(error).toBeInstanceOf(NetError);
  expect(error).toMatchObject({ code: "ECONNRESET", syscall: "read", ...there });
  expect((error as Error).message).toBe(`read ECONNRESET ${there.address}:${there.port}`);
});

test("TcpStream.write says with whom it has failed", async () => {
  using pair = await connected();
  const { address, port } = pair.server.peerAddr;
  pair.client.setLinger(0);
  pair.client.close();
  const first = await rejection(writeOn(pair.server));
  expect(["ECONNRESET", "EPIPE"]).toContain((first as NetError).code);
  expect(first).toMatchObject({ address, port });
  const second = await rejection(writeOn(pair.server));
  expect(second).toMatchObject({ code: "EPIPE", syscall: "write", address, port });
});

test("TcpStream.write after shutdown is a broken pipe", async () => {
  using pair = await connected();
  const { address, port } = pair.client.peerAddr;
  await pair.client.shutdown();
  const error = await rejection(pair.client.writeAll(bytes("late")));
  expect(error).toMatchObject({ code: "EPIPE", syscall: "write", address, port });
});

test("TcpStream.connect blames a local address that will not do", async () => {
  using listener = await bound();
  // 192.0.2.1 belongs to nobody.
  const foreign = TcpStream.connect(listener.localAddr, { localAddress: "192.0.2.1:7" });
  expect(await rejection(foreign)).toMatchObject({
    code: "EADDRNOTAVAIL",
    syscall: "bind",
    address: "192.0.2.1",
    port: 7,
  });
  const { address, port } = listener.localAddr;
  const taken = TcpStream.connect(listener.localAddr, { localAddress: { address, port } });
  expect(await rejection(taken)).toMatchObject({ code: "EADDRINUSE", syscall: "bind", port });
});

test("TcpStream.connect blames the other side for what that refuses", async () => {
  const listener: TcpListener = await bound();
  const { address, port } = listener.localAddr;
  listener.close();
  const connecting = TcpStream.connect({ address, port }, { localAddress: "127.0.0.2" });
  expect(await rejection(connecting)).toMatchObject({ code: "ECONNREFUSED", address, port });
});

test.skipIf(onStd)("TcpStream still says with whom after it has moved", async () => {
  await using runtime = await Runtime.create({ workerThreads: 1 });
  await runtime.run(async () => {
    using pair = await connected();
    const { address, port } = pair.server.peerAddr;
    const reading = spawn(readAway, pair.server);
    pair.client.setLinger(0);
    pair.client.close();
    expect(await reading).toEqual({ code: "ECONNRESET", syscall: "read", address, port });
  });
});
