import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ClosedError, spawn, timeout } from "tokiwa";
import { NetError, UnsupportedError } from "tokiwa/error";
import { TcpListener, TcpStream } from "tokiwa/net";
import { expect, test } from "vitest";
import { bound, onStd, Started } from "../support/tcp.ts";
import { rejection, turns } from "../support/waiting.ts";

const run = promisify(execFile);
const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

test("TcpListener.bind says that a port is in use as Node does", async () => {
  using first = await bound();
  const { address, port } = first.localAddr;
  const error = await rejection(TcpListener.bind(first.localAddr));
  expect(error).toBeInstanceOf(NetError);
  expect(error).toMatchObject({ code: "EADDRINUSE", syscall: "listen", address, port });
  expect((error as NetError).errno).toBeLessThan(0);
  const where = `${address}:${port}`;
  expect(String(error)).toBe(`NetError: listen EADDRINUSE: address already in use ${where}`);
});

test("TcpListener.bind goes on to the next address when one will not do", async () => {
  using first = await bound();
  using second = await TcpListener.bind([first.localAddr, { address: "127.0.0.1", port: 0 }]);
  expect(second.localAddr.port).not.toBe(first.localAddr.port);
  // 192.0.2.1 belongs to nobody.
  const error = await rejection(TcpListener.bind("192.0.2.1:0"));
  expect(error).toMatchObject({ code: "EADDRNOTAVAIL", syscall: "listen", address: "192.0.2.1" });
});

test("TcpListener.bind checks its options", async () => {
  for (const backlog of [0, -1, 1.5, 65536, Number.NaN]) {
    expect(() => TcpListener.bind("127.0.0.1:0", { backlog })).toThrow(RangeError);
  }
  expect(() => TcpListener.bind("127.0.0.1:0", { backlog: 0 })).toThrow(
    "Cannot bind listener: backlog must be a whole number from 1 to 65535, got 0",
  );
});

test("TcpListener.bind shares a port between those who ask for it", async () => {
  const first = TcpListener.bind("127.0.0.1:0", { reusePort: true });
  if (onStd && /^2[01]\./.test(process.versions.node)) {
    expect(await rejection(first)).toBeInstanceOf(UnsupportedError);
    return;
  }
  using one = await first;
  using two = await TcpListener.bind(one.localAddr, { reusePort: true });
  expect(two.localAddr).toEqual(one.localAddr);
});

test("TcpListener.bind without reuseAddress", async () => {
  const binding = TcpListener.bind("127.0.0.1:0", { reuseAddress: false });
  if (onStd) expect(await rejection(binding)).toBeInstanceOf(UnsupportedError);
  else (await binding).close();
});

test("TcpListener.accept hears of the listener's end, before and during the wait", async () => {
  const listener = await bound();
  const waiting = new Started(listener.accept());
  await turns();
  expect(waiting.isSettled).toBe(false);
  listener.close();
  listener.close();
  const error = await rejection(waiting.value);
  expect(error).toBeInstanceOf(ClosedError);
  expect((error as Error).message).toBe("Cannot accept: the listener is closed");
  expect(await rejection(listener.accept())).toBeInstanceOf(ClosedError);
  expect(() => listener.localAddr).toThrow("Cannot get local address: the listener is closed");
});

test("TcpListener.accept that is given up takes no connection", async () => {
  using listener = await bound();
  await rejection(timeout(5, listener.accept()));
  const aborted = spawn(async () => await listener.accept());
  await turns();
  aborted.abort();
  expect(await rejection(aborted)).toMatchObject({ isCancelled: true });

  const connecting = TcpStream.connect(listener.localAddr);
  const client = await connecting;
  const { addr, stream } = await listener.accept();
  expect(addr).toEqual(client.localAddr);
  stream.close();
  client.close();
});

test("TcpListener is iterated until it is closed", async () => {
  const listener = await bound();
  const seen: number[] = [];
  const serving = spawn(async () => {
    for await (const { stream, addr } of listener) {
      seen.push(addr.port);
      stream.close();
      if (seen.length === 2) break;
    }
    for await (const { stream } of listener) {
      seen.push(0);
      stream.close();
    }
  });
  const ports: number[] = [];
  for (let round = 0; round < 3; round++) {
    using stream = await TcpStream.connect(listener.localAddr);
    ports.push(round < 2 ? stream.localAddr.port : 0);
    await stream.readToEnd();
  }
  listener.close();
  await serving;
  expect(seen).toEqual(ports);
});

test("TcpListener resets connections that nobody accepted when it is closed", async () => {
  const listener = await bound();
  using client = await TcpStream.connect(listener.localAddr);
  listener.close();
  const outcome = await client.read(new Uint8Array(1)).then(
    (count) => count,
    (error: unknown) => (error as NetError).code,
  );
  // Only the system's own queue is reset; the std reactor has accepted already, and closes.
  expect([0, "ECONNRESET"]).toContain(outcome);
});

test.skipIf(onStd)("TcpListener survives the end of descriptors", async () => {
  const shell = `ulimit -n 60; exec "${process.execPath}" "${fixture("exhaustion.mjs")}"`;
  const { stdout } = await run("bash", ["-c", shell]);
  expect(JSON.parse(stdout)).toEqual({ failures: ["accept EMFILE"], served: "late" });
});

test("TcpListener of the std reactor goes on after it had to turn connections away", async () => {
  const shell = `ulimit -n 60; exec "${process.execPath}" "${fixture("turned-away.mjs")}"`;
  const env = { ...process.env, TOKIWA_REACTOR: "std" };
  const { stdout } = await run("bash", ["-c", shell], { env });
  expect(JSON.parse(stdout)).toEqual({ turnedAway: true, served: "next" });
});
