/** Tokio's `tcp_accept.rs`: listening at whatever names an address, and waking who accepts. */
import { spawn, yieldNow } from "tokiwa";
import { SocketAddr, TcpListener, TcpStream, type ToSocketAddrs } from "tokiwa/net";
import { describe, expect, test } from "vitest";
import { bound, Counted } from "../support/tcp.ts";
import { deferred, turns, until } from "../support/waiting.ts";

/** Who is accepted is who has connected. */
async function acceptsAt(target: ToSocketAddrs): Promise<void> {
  using listener = await TcpListener.bind(target);
  const address = listener.localAddr;
  const client = spawn(async () => {
    using stream = await TcpStream.connect(address);
    return stream.localAddr;
  });
  const { stream, addr } = await listener.accept();
  stream.close();
  expect(addr).toEqual(await client);
}

describe("tcp_accept", () => {
  test("ip_str", () => acceptsAt("127.0.0.1:0"));

  test("host_str", () => acceptsAt("localhost:0"));

  test("socket_addr", () => acceptsAt(SocketAddr.parse("127.0.0.1:0")));

  test("str_port_tuple", () => acceptsAt(["localhost", 0]));

  test("ip_port_tuple", () => acceptsAt(["127.0.0.1", 0]));

  test("no_extra_poll", async () => {
    using listener = await bound();
    const isReady = deferred();
    let polls = 0;
    const accepting = spawn(async () => {
      isReady.resolve();
      for (;;) {
        const { stream } = await new Counted(listener.accept(), () => {
          polls += 1;
        });
        stream.close();
      }
    });
    await isReady.promise;
    await yieldNow();
    expect(polls).toBe(1);

    const stream = await TcpStream.connect(listener.localAddr);
    await until(() => polls > 1);
    await turns();
    // Once for the connection, and once to wait for the next.
    expect(polls).toBe(3);
    stream.close();
    accepting.abort();
  });

  test("accept_many", async () => {
    const waiting = 50;
    using listener = await bound();
    const accepting = Array.from({ length: waiting }, () => new Counted(listener.accept()));
    const tasks = accepting.map((future) => spawn(async () => await future));
    await until(() => accepting.every(({ polls }) => polls === 1));

    const stream = await TcpStream.connect(listener.localAddr);
    await until(() => accepting.every(({ polls }) => polls >= 2));
    await turns();
    expect(tasks.filter(({ isFinished }) => isFinished)).toHaveLength(1);
    for (const task of tasks) task.abort();
    stream.close();
    await Promise.allSettled(tasks);
  });
});
