/**
 * Tokio's `no_rt.rs`. Outside of every runtime there is the default runtime here, so nothing
 * fails for want of one: these tests say that it works instead.
 */
import { Handle, sleep, timeout } from "tokiwa";
import { TcpListener, TcpStream } from "tokiwa/net";
import { describe, expect, test } from "vitest";

describe("no_rt", () => {
  test("timeout_panics_when_no_tokio_context", async () => {
    expect(Handle.tryCurrent()).toBeUndefined();
    expect(await timeout(10_000, sleep(1))).toBeUndefined();
  });

  test("panics_when_no_reactor", async () => {
    const refused = await TcpStream.connect("127.0.0.1:1").then(
      () => "connected",
      (error) => (error as { code: string }).code,
    );
    expect(refused).toBe("ECONNREFUSED");
  });

  test("io_panics_when_no_tokio_context", async () => {
    const listener = await TcpListener.bind("127.0.0.1:0");
    expect(String(listener.localAddr)).toMatch(/^127\.0\.0\.1:\d+$/);
    listener.close();
  });
});
