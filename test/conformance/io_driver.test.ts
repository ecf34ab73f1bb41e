/** Tokio's `io_driver.rs` and `io_driver_drop.rs`: runtimes without io, and runtimes that end. */
import { Runtime } from "tokiwa";
import { type TcpListener, TcpStream } from "tokiwa/net";
import { describe, expect, test } from "vitest";
import { bound, Started } from "../support/tcp.ts";
import { rejection, turns } from "../support/waiting.ts";

async function listenerOn(runtime: Runtime): Promise<TcpListener> {
  return await runtime.run(bound);
}

describe("io_driver", () => {
  test("panics_when_io_disabled", async () => {
    const runtime = await Runtime.create({ flavor: "currentThread", drivers: { time: true } });
    await runtime.run(() => {
      expect(() => TcpStream.connect("127.0.0.1:1")).toThrow(
        "Cannot use sockets: io is disabled on this runtime",
      );
    });
    await runtime.shutdown();
  });
});

describe("io_driver_drop", () => {
  test("tcp_doesnt_block", async () => {
    const runtime = await Runtime.create({ flavor: "currentThread" });
    const listener = await listenerOn(runtime);
    await runtime.shutdown();
    const error = await rejection(listener.accept());
    expect((error as Error).message).toBe("Cannot accept: the runtime is shut down");
  });

  test("drop_wakes", async () => {
    const runtime = await Runtime.create({ flavor: "currentThread" });
    const listener = await listenerOn(runtime);
    const accepting = new Started(runtime.run(async () => await listener.accept()));
    await turns();
    expect(accepting.isSettled).toBe(false);
    await runtime.shutdown();
    expect(await rejection(accepting.value)).toBeInstanceOf(Error);
  });
});
