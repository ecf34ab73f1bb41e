import { JoinError, type Runtime, taskName } from "tokiwa";
import { NetError } from "tokiwa/error";
import { type ConnectionHandler, TcpListener, TcpStream } from "tokiwa/net";
import { beforeEach, expect, test } from "vitest";
import { runtimesOf } from "../conformance/flavors.ts";
import { bound } from "../support/tcp.ts";
import { rejection, until } from "../support/waiting.ts";
import { converse, fail, greet, relay } from "./fixtures/handlers.mjs";

const make = runtimesOf({ workerThreads: 2 });

let unhandled: JoinError[];
let runtime: Runtime;
beforeEach(async () => {
  unhandled = [];
  runtime = await make({ onUnhandledPanic: (error) => unhandled.push(error) });
});

/** Serves while `body` runs, and until every connection has ended. */
async function serving(
  handler: ConnectionHandler,
  body: (connect: () => PromiseLike<TcpStream>) => Promise<void>,
): Promise<void> {
  await runtime.run(async () => {
    using listener = await bound();
    const handle = listener.serve(handler);
    await body(() => TcpStream.connect(listener.localAddr));
    await until(() => runtime.metrics.io.connections === 0);
    handle.abort();
    expect(await rejection(handle)).toMatchObject({ isCancelled: true });
  });
}

test("TcpListener.serve reports what fails as the connection's own task, anywhere", async () => {
  const count = 8;
  await serving(fail, async (connect) => {
    const streams = await Promise.all(Array.from({ length: count }, connect));
    // All at once, so that they have been spread over the workers.
    await until(() => runtime.metrics.io.connections === count);
    for (const stream of streams) await stream.writeAll(Uint8Array.of(1));
    for (const stream of streams) expect(await stream.read(new Uint8Array(1))).toBe(0);
    await until(() => unhandled.length === count);
    for (const stream of streams) stream.close();
  });
  for (const error of unhandled) {
    expect(error).toBeInstanceOf(JoinError);
    expect(error).toMatchObject({ isPanic: true, taskName: "fail" });
    expect(error.cause).toBeInstanceOf(TypeError);
    expect(error.message).toBe(`task ${error.taskId} "fail" panicked: of itself`);
  }
  expect(new Set(unhandled.map(({ taskId }) => taskId)).size).toBe(count);
});

test("TcpListener.serve names a task only if its handler has a name", async () => {
  const names: (string | undefined)[] = [];
  const call = (handler: ConnectionHandler) =>
    serving(handler, async (connect) => {
      using stream = await connect();
      expect(await stream.read(new Uint8Array(1))).toBe(0);
    });
  await call(() => names.push(taskName()));
  await call(function greetNobody() {
    names.push(taskName());
  });
  expect(names).toEqual([undefined, "greetNobody"]);
});

test("TcpListener.serve takes it well that a peer resets its connection", async () => {
  await serving(converse, async (connect) => {
    for (let round = 0; round < 4; round++) {
      const stream = await connect();
      await stream.writeAll(Uint8Array.of(1));
      await stream.readExact(new Uint8Array(1));
      stream.setLinger(0);
      stream.close();
    }
  });
  expect(unhandled).toEqual([]);
});

test("TcpListener.serve reports that a handler's other connection was reset", async () => {
  const count = 4;
  await serving(relay, async (connect) => {
    const streams = await Promise.all(Array.from({ length: count }, connect));
    await until(() => unhandled.length === count);
    for (const stream of streams) stream.close();
  });
  for (const error of unhandled) {
    expect(error).toMatchObject({ isPanic: true, taskName: "relay" });
    expect(error.cause).toBeInstanceOf(NetError);
    expect(error.cause).toMatchObject({ code: "ECONNRESET", syscall: "read" });
  }
});

test("TcpListener.serve runs a generator function to its end", async () => {
  await serving(greet, async (connect) => {
    for (let round = 0; round < 4; round++) {
      using stream = await connect();
      expect(await stream.readToEnd()).toEqual(Uint8Array.of(1));
    }
  });
  expect(unhandled).toEqual([]);
});

test("TcpListener.serve reports the failure of a closure as of any task", async () => {
  using listener = await TcpListener.bind("127.0.0.1:0");
  await runtime.run(async () => {
    const handle = listener.serve(async () => {
      throw new Error("in a closure");
    });
    using stream = await TcpStream.connect(listener.localAddr);
    expect(await stream.read(new Uint8Array(1))).toBe(0);
    await until(() => unhandled.length === 1);
    handle.abort();
    await rejection(handle);
  });
  expect(unhandled[0]).toMatchObject({ isPanic: true, cause: { message: "in a closure" } });
});
