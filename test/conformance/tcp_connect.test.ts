/** Tokio's `tcp_connect.rs`: connecting to whatever names an address. */
import { SocketAddr, TcpListener, TcpStream, type ToSocketAddrs } from "tokiwa/net";
import { describe, expect, test } from "vitest";
import { both } from "../support/tcp.ts";

/** The addresses of the two ends are each other's. */
async function mirrors(at: ToSocketAddrs, to: (addr: SocketAddr) => ToSocketAddrs): Promise<void> {
  using listener = await TcpListener.bind(at);
  const target = to(listener.localAddr);
  const [client, { stream: server, addr }] = await both(
    TcpStream.connect(target),
    listener.accept(),
  );
  using _client = client;
  using _server = server;
  expect(client.localAddr).toEqual(server.peerAddr);
  expect(client.peerAddr).toEqual(server.localAddr);
  expect(addr).toEqual(client.localAddr);
  expect(client.peerAddr).toEqual(listener.localAddr);
}

describe("tcp_connect", () => {
  test("connect_v4", () => mirrors("127.0.0.1:0", (addr) => addr));

  test("connect_v6", () => mirrors("[::1]:0", (addr) => addr));

  test("connect_addr_ip_string", () => mirrors("127.0.0.1:0", ({ port }) => `127.0.0.1:${port}`));

  test("connect_addr_ip_str_slice", () =>
    mirrors("127.0.0.1:0", ({ address, port }) => [{ address, port }]));

  test("connect_addr_host_string", () => mirrors("127.0.0.1:0", ({ port }) => `localhost:${port}`));

  test("connect_addr_ip_port_tuple", () =>
    mirrors("127.0.0.1:0", ({ address, port }) => new SocketAddr(address, port)));

  test("connect_addr_ip_str_port_tuple", () =>
    mirrors("127.0.0.1:0", ({ port }) => ["127.0.0.1", port]));

  test("connect_addr_host_str_port_tuple", () =>
    mirrors("127.0.0.1:0", ({ port }) => ["localhost", port]));
});
