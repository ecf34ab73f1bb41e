/** Tokio's `net_lookup_host.rs`: names and addresses to addresses. */
import { lookupHost, SocketAddr } from "tokiwa/net";
import { describe, expect, test } from "vitest";

describe("net_lookup_host", () => {
  test("lookup_socket_addr", async () => {
    const addr = new SocketAddr("127.0.0.1", 8000);
    expect(await lookupHost(addr)).toEqual([addr]);
  });

  test("lookup_str_socket_addr", async () => {
    expect(await lookupHost("127.0.0.1:8000")).toEqual([SocketAddr.parse("127.0.0.1:8000")]);
  });

  test("resolve_dns", async () => {
    const found = await lookupHost("localhost:3000");
    expect(found.length).toBeGreaterThan(0);
    for (const addr of found) expect(["127.0.0.1:3000", "[::1]:3000"]).toContain(`${addr}`);
  });
});
