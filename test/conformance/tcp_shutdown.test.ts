/** Tokio's `tcp_shutdown.rs`: ending the direction of writing. */
import { spawn } from "tokiwa";
import { NetError } from "tokiwa/error";
import { TcpStream } from "tokiwa/net";
import { describe, expect, test } from "vitest";
import { bound, connected } from "../support/tcp.ts";
import { until } from "../support/waiting.ts";

describe("tcp_shutdown", () => {
  test("shutdown", async () => {
    using listener = await bound();
    const client = spawn(async () => {
      using stream = await TcpStream.connect(listener.localAddr);
      await stream.shutdown();
      expect(await stream.read(new Uint8Array(1))).toBe(0);
    });

    const { stream } = await listener.accept();
    expect(await stream.read(new Uint8Array(1))).toBe(0);
    // Only now: so what the client saw the end of is this.
    stream.close();
    await client;
  });

  test("shutdown_after_tcp_reset", async () => {
    using pair = await connected();
    pair.server.setLinger(0);
    pair.server.close();
    const ready = await pair.client.readable();
    expect(ready.isReadable).toBe(true);
    const outcome = await pair.client.shutdown().then(
      () => "ok",
      (error: unknown) => (error instanceof NetError ? error.code : error),
    );
    expect(["ok", "ECONNRESET", "ENOTCONN"]).toContain(outcome);
  });

  test("shutdown_multiple_calls", async () => {
    using pair = await connected();
    let isShutDown = false;
    const server = spawn(async () => {
      expect(await pair.server.read(new Uint8Array(1))).toBe(0);
      isShutDown = true;
      pair.server.close();
    });
    await pair.client.shutdown();
    await pair.client.shutdown();
    await until(() => isShutDown);
    await pair.client.shutdown();
    await server;
  });
});
