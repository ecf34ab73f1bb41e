/**
 * The tests of Tokio's `rt_common.rs` that use sockets; the others are in `rt_common.test.ts`.
 * Those of a `LocalSet` are the same: closures are local.
 */
import { spawn, spawnBlocking, yieldNow } from "tokiwa";
import { TcpListener, TcpStream } from "tokiwa/net";
import { describe, expect, test } from "vitest";
import { rejection, turns } from "../support/waiting.ts";
import * as portable from "./fixtures/tasks.mjs";
import { onEveryFlavor } from "./flavors.ts";

async function serveHello(listener: TcpListener): Promise<string> {
  const { stream } = await listener.accept();
  const bytes = await stream.readToEnd();
  stream.close();
  return new TextDecoder().decode(bytes);
}

describe("rt_common", () => {
  onEveryFlavor((make) => {
    test.for(["block_on_socket", "local_set_block_on_socket"])("%s", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const listener = await TcpListener.bind("127.0.0.1:0");
        const served = spawn(async () => serveHello(listener));
        await spawn(portable.connect, String(listener.localAddr));
        expect(await served).toBe("hello");
        listener.close();
      });
    });

    test("socket_from_blocking", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const listener = await TcpListener.bind("127.0.0.1:0");
        const served = spawn(async () => serveHello(listener));
        await spawnBlocking(portable.connectFromBlocking, String(listener.localAddr));
        expect(await served).toBe("hello");
        listener.close();
      });
    });

    test("io_driver_called_when_under_load", async () => {
      const runtime = await make();
      await runtime.run(async () => {
        const load = Array.from({ length: 100 }, () =>
          spawn(function* () {
            for (;;) yield* yieldNow();
          }),
        );
        const listener = await TcpListener.bind("127.0.0.1:0");
        const served = spawn(async () => serveHello(listener));
        const stream = await TcpStream.connect(listener.localAddr);
        await stream.writeAll(new TextEncoder().encode("under load"));
        stream.close();
        expect(await served).toBe("under load");
        listener.close();
        for (const task of load) task.abort();
      });
    });

    test.for(["client_server_block_on", "local_set_client_server_block_on"])("%s", async () => {
      const runtime = await make();
      const received = await runtime.run(async () => {
        const listener = await TcpListener.bind("127.0.0.1:0");
        const served = spawn(async () => serveHello(listener));
        const stream = await TcpStream.connect(listener.localAddr);
        await stream.writeAll(new TextEncoder().encode("hello"));
        stream.close();
        const text = await served;
        listener.close();
        return text;
      });
      expect(received).toBe("hello");
    });

    test("io_notify_while_shutting_down", async () => {
      for (let round = 0; round < 10; round++) {
        const runtime = await make();
        const listener = await runtime.run(async () => TcpListener.bind("127.0.0.1:0"));
        const reading = runtime.spawn(async () => {
          const { stream } = await listener.accept();
          for (;;) if ((await stream.read(new Uint8Array(16))) === 0) return;
        });
        runtime.spawn(async () => {
          const stream = await TcpStream.connect(listener.localAddr);
          for (;;) await stream.writeAll(new Uint8Array(16));
        });
        await turns(round);
        await runtime.shutdown();
        expect(await rejection(reading)).toMatchObject({ name: "JoinError" });
      }
    });
  });
});
