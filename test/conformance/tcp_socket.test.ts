/**
 * Tokio's `tcp_socket.rs`, on streams: there is no socket that is configured before it is used.
 * What hosts can set is set on the stream.
 */
import { TcpListener, TcpStream } from "tokiwa/net";
import { describe, expect, test } from "vitest";
import { both, connected } from "../support/tcp.ts";

describe("tcp_socket", () => {
  test("basic_usage_v6", async () => {
    using listener = await TcpListener.bind("[::1]:0", { backlog: 128 });
    const [client, { stream }] = await both(
      TcpStream.connect(listener.localAddr, { localAddress: "::1" }),
      listener.accept(),
    );
    expect(stream.peerAddr).toEqual(client.localAddr);
    client.close();
    stream.close();
  });

  test("keepalive", async () => {
    using pair = await connected();
    expect(pair.client.keepalive).toBe(false);
    pair.client.setKeepalive(true);
    expect(pair.client.keepalive).toBe(true);
    pair.client.setKeepalive(false);
    expect(pair.client.keepalive).toBe(false);
  });

  test("nodelay", async () => {
    using pair = await connected();
    expect(pair.client.nodelay).toBe(false);
    pair.client.setNodelay(true);
    expect(pair.client.nodelay).toBe(true);
    pair.client.setNodelay(false);
    expect(pair.client.nodelay).toBe(false);
  });
});
