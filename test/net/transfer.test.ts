/** Streams that were handed to another worker and never got there, or came back to nobody. */
import { type BuilderOptions, spawn } from "tokiwa";
import type { TcpStream } from "tokiwa/net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runtimesOf } from "../conformance/flavors.ts";
import * as faults from "../runtime/fixtures/faults.mjs";
import * as slow from "../runtime/fixtures/slow-module.mjs";
import { Gate } from "../support/gate.ts";
import { connected, onStd } from "../support/tcp.ts";
import { rejection, until } from "../support/waiting.ts";
import { hangUp, returnLate, spawnForNobody } from "./fixtures/tasks.mjs";

const make = runtimesOf({ workerThreads: 1 });
let gate: Gate;
beforeEach(() => {
  gate = new Gate();
});
afterEach(() => gate.open());

/** Runs `body` inside a runtime with one end of a connection; was it closed then? */
async function closes(
  body: (server: TcpStream) => Promise<unknown>,
  options: BuilderOptions = {},
): Promise<boolean> {
  const runtime = await make({ onWorkerLost() {}, ...options });
  return await runtime.run(async () => {
    const { client, server } = await connected();
    const reading = client.read(new Uint8Array(1));
    await body(server);
    const count = await reading;
    client.close();
    return count === 0;
  });
}

test.skipIf(onStd)("a stream is closed whose task is aborted in the queue", async () => {
  const closed = closes(async (stream) => {
    const holding = spawn(faults.hold, gate.mark("holds"), gate.path);
    await until(() => gate.hasMark("holds"));
    const queued = spawn(hangUp, stream);
    queued.abort();
    gate.open();
    expect(await rejection(queued)).toMatchObject({ isCancelled: true });
    await holding;
  });
  expect(await closed).toBe(true);
});

test.skipIf(onStd)("a stream is closed whose task is aborted during the import", async () => {
  const { path } = gate;
  Object.assign(process.env, { IMPORTING: gate.mark("i"), IMPORTED: path, IMPORT_ENDS: "" });
  const closed = closes(async (stream) => {
    const held = spawn(slow.echo, stream);
    await until(() => gate.hasMark("i"));
    held.abort();
    expect(await rejection(held)).toMatchObject({ isCancelled: true });
  });
  expect(await closed).toBe(true);
});

test.skipIf(onStd)("a stream is closed whose task is lost before it begins", async () => {
  Object.assign(process.env, { IMPORTING: gate.mark("i"), IMPORT_ENDS: "exit" });
  const closed = closes(async (stream) => {
    expect(await rejection(spawn(slow.echo, stream))).toMatchObject({ isWorkerLost: true });
  });
  expect(await closed).toBe(true);
});

test.skipIf(onStd)("a stream is closed whose task is queued when the runtime ends", async () => {
  const runtime = await make();
  const { client, server } = await connected();
  const holding = runtime.spawn(faults.hold, gate.mark("holds"), gate.path);
  await until(() => gate.hasMark("holds"));
  const queued = runtime.spawn(hangUp, server);
  const ended = runtime.shutdown({ timeout: 0 });
  expect(await rejection(holding)).toMatchObject({ isCancelled: true });
  expect(await rejection(queued)).toMatchObject({ isCancelled: true });
  await ended;
  expect(await client.read(new Uint8Array(1))).toBe(0);
  client.close();
});

test.skipIf(onStd)("a stream is closed that an aborted task returns all the same", async () => {
  const closed = closes(async (stream) => {
    const late = spawn(returnLate, stream, gate.mark("began"), gate.path);
    await until(() => gate.hasMark("began"));
    late.abort();
    expect(await rejection(late)).toMatchObject({ isCancelled: true });
    gate.open();
  });
  expect(await closed).toBe(true);
});

test.skipIf(onStd)("a stream is closed that comes back to a worker that died", async () => {
  const closed = closes(async (stream) => {
    await rejection(spawn(spawnForNobody, stream, gate.mark("began"), gate.path));
  });
  expect(await closed).toBe(true);
});
