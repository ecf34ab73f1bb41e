import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Handle, NotSendError, Runtime, spawn, yieldNow } from "tokiwa";
import { reactorName, TcpListener, TcpStream } from "tokiwa/net";
import { afterEach, expect, test } from "vitest";
import { bound, bytes, connected, onStd, readText, Started } from "../support/tcp.ts";
import { rejection, turns, until } from "../support/waiting.ts";
import { dieWithSockets, echoAway, readBesideForeign } from "./fixtures/tasks.mjs";

const run = promisify(execFile);
const made: Runtime[] = [];
afterEach(async () => {
  await Promise.all(made.splice(0).map((runtime) => runtime.shutdown({ timeout: 1000 })));
});

async function runtimeWith(workerThreads: number): Promise<Runtime> {
  const runtime = await Runtime.create({ workerThreads });
  made.push(runtime);
  return runtime;
}

/** Runs a fixture as a program; what it prints is JSON. */
async function program(name: string, reactor: string): Promise<Record<string, unknown>> {
  const file = fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
  const env = { ...process.env, TOKIWA_REACTOR: reactor };
  const { stdout } = await run(process.execPath, [file], { env });
  return JSON.parse(stdout) as Record<string, unknown>;
}

test("reactorName follows TOKIWA_REACTOR, and nothing is left open", async () => {
  expect(reactorName()).toBe(onStd ? "std" : "linux");
  expect(await program("reactor.mjs", "std")).toEqual({ name: "std", leaked: 0 });
  if (process.platform !== "linux") return;
  expect(await program("reactor.mjs", "linux")).toEqual({ name: "linux", leaked: 0 });
  expect(await program("reactor.mjs", "")).toMatchObject({ name: "linux" });
});

test("reactorName refuses what is no reactor", async () => {
  expect(await program("reactor.mjs", "windows")).toEqual({
    error: "RangeError",
    message: 'Cannot choose reactor: TOKIWA_REACTOR must be "linux" or "std", got "windows"',
  });
});

test("sockets of a thread with foreign work are heard of without using a core", async () => {
  for (const reactor of process.platform === "linux" ? ["linux", "std"] : ["std"]) {
    const { share } = await program("idle.mjs", reactor);
    expect(share, reactor).toBeLessThan(0.01);
  }
});

test("sockets of a worker with foreign work are heard of", async () => {
  const runtime = await runtimeWith(1);
  using listener = await bound();
  const reading = runtime.spawn(readBesideForeign, listener.localAddr.port);
  const { stream } = await listener.accept();
  for (let round = 0; round < 50; round++) {
    await stream.writeAll(bytes("ping"));
    expect(await readText(stream, 4)).toBe("ping");
  }
  stream.close();
  expect(await reading).toBe(50);
});

test("a runtime without io refuses sockets", async () => {
  const runtime = await Runtime.create({ workerThreads: 1, drivers: { time: true } });
  made.push(runtime);
  await runtime.run(async () => {
    const message = "Cannot use sockets: io is disabled on this runtime";
    expect(() => TcpListener.bind("127.0.0.1:0")).toThrow(message);
    expect(() => TcpStream.connect("127.0.0.1:1")).toThrow(message);
  });
});

test("sockets end with their runtime", async () => {
  const runtime = await runtimeWith(1);
  const listener = await runtime.run(async () => await TcpListener.bind("127.0.0.1:0"));
  const waiting = new Started(runtime.run(async () => await listener.accept()));
  await turns();
  expect(waiting.isSettled).toBe(false);
  await runtime.shutdown();
  expect(await rejection(waiting.value)).toBeInstanceOf(Error);
  expect(await rejection(listener.accept())).toMatchObject({
    message: "Cannot accept: the runtime is shut down",
  });
});

test.skipIf(onStd)("a TcpStream moves to the worker of a portable task", async () => {
  const runtime = await runtimeWith(2);
  await runtime.run(async () => {
    using listener = await bound();
    const client = await TcpStream.connect(listener.localAddr);
    const { stream } = await listener.accept();
    // What came before the move is not lost.
    await client.writeAll(bytes("be"));
    await stream.readable();
    const away = spawn(echoAway, stream);
    const error = await rejection(stream.read(new Uint8Array(1)));
    expect((error as Error).message).toBe("Cannot read: the stream was moved to another task");
    await client.writeAll(bytes("fore"));
    expect(await readText(client, 6)).toBe("before");
    client.close();
    expect(await away).toBeLessThan(2);
  });
});

test.skipIf(onStd)("a TcpStream stays where somebody waits for it", async () => {
  const runtime = await runtimeWith(1);
  await runtime.run(async () => {
    using pair = await connected();
    const reading = new Started(pair.server.read(new Uint8Array(4)));
    await turns();
    expect(() => spawn(echoAway, pair.server)).toThrow(NotSendError);
    // It is as it was.
    await pair.client.writeAll(bytes("okay"));
    expect(await reading.value).toBe(4);
    pair.server.close();
    expect(() => spawn(echoAway, pair.server)).toThrow("the stream is closed");
  });
});

test.skipIf(!onStd)("a TcpStream of the std reactor does not move", async () => {
  const runtime = await runtimeWith(1);
  await runtime.run(async () => {
    using pair = await connected();
    const error = (() => {
      try {
        spawn(echoAway, pair.server);
      } catch (reason) {
        return reason;
      }
      return undefined;
    })();
    expect(error).toBeInstanceOf(NotSendError);
    expect(String(error)).toContain("a TcpStream of the std reactor");
    await pair.client.writeAll(bytes("here"));
    expect(await readText(pair.server, 4)).toBe("here");
  });
});

test.skipIf(onStd)("a lost worker's sockets are closed", async () => {
  const lost: number[] = [];
  const runtime = await Runtime.create({
    workerThreads: 1,
    onWorkerLost: ({ index }) => lost.push(index),
  });
  made.push(runtime);
  using listener = await bound();
  const before = readdirSync("/proc/self/fd").length;
  const dying = runtime.spawn(dieWithSockets, listener.localAddr.port);
  const streams = [];
  for (let count = 0; count < 3; count++) streams.push((await listener.accept()).stream);
  expect(await rejection(dying)).toMatchObject({ isWorkerLost: true });
  for (const stream of streams) {
    expect(await stream.read(new Uint8Array(1))).toBe(0);
    stream.close();
  }
  expect(lost).toEqual([0]);
  await until(() => readdirSync("/proc/self/fd").length <= before + 8);
});

test("Handle.current lends its reactor to what runs inside", async () => {
  const runtime = await runtimeWith(1);
  await runtime.run(async () => {
    using listener = await bound();
    expect(Handle.current()).toBeDefined();
    const client = await TcpStream.connect(listener.localAddr);
    client.close();
  });
});

test("sockets are served beside a task that never sleeps", async () => {
  using pair = await connected();
  const busy = spawn(async () => {
    for (;;) await yieldNow();
  });
  const before = performance.now();
  for (let round = 0; round < 100; round++) {
    await pair.client.writeAll(bytes("on"));
    await readText(pair.server, 2);
    await pair.server.writeAll(bytes("on"));
    await readText(pair.client, 2);
  }
  busy.abort();
  // Far below what it takes if sockets have to wait for the event loop's emergency turn.
  expect(performance.now() - before).toBeLessThan(1500);
  await rejection(busy);
});
