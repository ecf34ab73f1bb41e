import { lookupHost, SocketAddr, TcpListener, TcpStream } from "tokiwa/net";
import { expect, test } from "vitest";
import { refused, wrong } from "../support/misuse.ts";
import { bytes, connected, onStd } from "../support/tcp.ts";

const addr = "127.0.0.1:0";

test("TcpListener.bind refuses what makes no sense", () => {
  refused([
    [
      () => TcpListener.bind(addr, wrong({ bakclog: 1 })),
      'TypeError: Cannot bind listener: there is no option "bakclog", did you mean "backlog"?',
    ],
    [
      () => TcpListener.bind(addr, wrong(null)),
      "TypeError: Cannot bind listener: options must be an object, got null",
    ],
    [
      () => TcpListener.bind(addr, wrong({ reusePort: 1 })),
      "TypeError: Cannot bind listener: reusePort must be true or false, got 1",
    ],
    [
      () => TcpListener.bind("127.0.0.1:65536"),
      "RangeError: Cannot bind listener: port must be a whole number from 0 to 65535, got 65536",
    ],
    [() => TcpListener.bind(["", 80]), "TypeError: Cannot bind listener: the host is empty"],
  ]);
});

test("TcpStream.connect refuses what makes no sense", () => {
  refused([
    [
      () => TcpStream.connect(addr, wrong({ signall: 1 })),
      'TypeError: Cannot connect: there is no option "signall", did you mean "signal"?',
    ],
    [
      () => TcpStream.connect(addr, wrong({ signal: 5 })),
      "TypeError: Cannot connect: signal must be an AbortSignal, got 5",
    ],
    [
      () => TcpStream.connect(addr, wrong({ localAddress: 5 })),
      "TypeError: Cannot connect: localAddress must be an IP address or a SocketAddr, got 5",
    ],
    [
      () => TcpStream.connect(addr, { localAddress: { address: "::1", port: -1 } }),
      "RangeError: Cannot make address: port must be a whole number from 0 to 65535, got -1",
    ],
    [
      () => lookupHost(wrong(null)),
      'TypeError: Cannot look up host: address must be "host:port", "[ipv6]:port", ' +
        "[host, port] or a SocketAddr, got null",
    ],
    [
      () => new SocketAddr("::1", 80).equals(wrong(null)),
      "TypeError: Cannot compare address: expected a SocketAddr, got null",
    ],
  ]);
});

test("TcpStream refuses what is no buffer at once", async () => {
  using pair = await connected();
  const { client } = pair;
  const gone = new Uint8Array(8);
  structuredClone(gone.buffer, { transfer: [gone.buffer] });
  refused([
    [
      () => client.read(wrong("text")),
      'TypeError: Cannot read: buffer must be a Uint8Array, got "text"',
    ],
    [
      () => client.peek(wrong(new Uint16Array(1))),
      "TypeError: Cannot peek: buffer must be a Uint8Array, got an instance of Uint16Array",
    ],
    [() => client.read(gone), "TypeError: Cannot read: the buffer is detached"],
    [() => client.writeAll(gone), "TypeError: Cannot write: the buffer is detached"],
    [
      () => client.writeAll(wrong("text")),
      'TypeError: Cannot write: buffer must be a Uint8Array, got "text"',
    ],
    [
      () => client.writeVectored(wrong(bytes("text"))),
      "TypeError: Cannot write: buffers must be an array, got an instance of Uint8Array",
    ],
    [
      () => client.readToEnd({ limit: -1 }),
      "RangeError: Cannot read to end: limit must be a whole number from 0 to 9007199254740991, " +
        "got -1",
    ],
    [
      () => client.readToEnd(wrong(null)),
      "TypeError: Cannot read to end: options must be an object, got null",
    ],
    [
      () => client.ready(wrong(Symbol("x"))),
      "RangeError: Cannot wait for stream: there is no interest Symbol(x)",
    ],
    [
      () => client.intoSplit()[0].reunite(wrong(5)),
      "TypeError: Cannot reunite halves: expected an OwnedWriteHalf, got 5",
    ],
  ]);
});

test("TcpStream refuses options that make no sense", async () => {
  using pair = await connected();
  const { client } = pair;
  const whole = "must be milliseconds that make whole seconds from";
  refused([
    [
      () => client.setNodelay(wrong("yes")),
      'TypeError: Cannot set nodelay: on must be true or false, got "yes"',
    ],
    [
      () => client.setKeepalive(wrong(1)),
      "TypeError: Cannot set keepalive: on must be true or false, got 1",
    ],
    [
      () => client.setKeepalive(true, wrong({ idle: 5 })),
      'TypeError: Cannot set keepalive: there is no option "idle", did you mean "idleMs"?',
    ],
    [
      () => client.setKeepalive(true, { idleMs: 1500 }),
      `RangeError: Cannot set keepalive: idleMs ${whole} 1000 to 32767000, got 1500`,
    ],
    [
      () => client.setLinger(-1),
      `RangeError: Cannot set linger: lingerMs ${whole} 0 to 32767000, got -1`,
    ],
    [
      () => client.setLinger(wrong(null)),
      `RangeError: Cannot set linger: lingerMs ${whole} 0 to 32767000, got null`,
    ],
    [
      () => client.setTtl(256),
      "RangeError: Cannot set ttl: hops must be a whole number from 1 to 255, got 256",
    ],
    [
      () => client.setTtl(0),
      "RangeError: Cannot set ttl: hops must be a whole number from 1 to 255, got 0",
    ],
  ]);
  expect(client.nodelay).toBe(false);
  if (!onStd) expect(client.linger).toBeUndefined();
});

test("TcpListener.serve refuses what it cannot run", async () => {
  using listener = await TcpListener.bind(addr);
  refused([
    [
      () => listener.serve(wrong(5)),
      "TypeError: Cannot serve listener: expected a function, got 5",
    ],
    [
      () => listener.serve(async function* () {}),
      "TypeError: Cannot serve listener: an async generator function has no value to wait for",
    ],
  ]);
});
