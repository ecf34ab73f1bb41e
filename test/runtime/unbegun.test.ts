/** Portable tasks that a worker has taken and whose function it does not have yet. */
import {
  type BuilderOptions,
  codec,
  JoinError,
  type LostWorker,
  mpsc,
  type Runtime,
  registerSendable,
} from "tokiwa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runtimesOf } from "../conformance/flavors.ts";
import { Gate } from "../support/gate.ts";
import { rejection, until } from "../support/waiting.ts";
import * as faults from "./fixtures/faults.mjs";
import * as slow from "./fixtures/slow-module.mjs";

/** What no worker knows of: its kind is registered here alone. */
class Keepsake {
  readonly name = "keepsake";
}
let discarded = 0;
registerSendable<Keepsake, null>("keepsake", {
  is: (value): value is Keepsake => value instanceof Keepsake,
  detach: () => null,
  restore() {},
  adopt: () => new Keepsake(),
  discard: () => {
    discarded++;
  },
});

const makeRuntime = runtimesOf({ workerThreads: 1 });

let gate: Gate;
let lost: LostWorker[];
beforeEach(() => {
  gate = new Gate();
  lost = [];
});
afterEach(() => gate.open());

/** A runtime on whose workers the import of the slow module ends as told. */
function make(ends = "", options: BuilderOptions = {}) {
  Object.assign(process.env, {
    IMPORTING: gate.mark("importing"),
    IMPORTED: gate.path,
    IMPORT_ENDS: ends,
  });
  return makeRuntime({ onWorkerLost: (worker) => lost.push(worker), ...options });
}

describe("a portable task whose module is being imported", () => {
  test("runs on another worker if its own dies meanwhile", async () => {
    const runtime = await make();
    const handles = [1, 2, 3].map((value) => runtime.spawn(slow.echo, value));
    await until(() => gate.hasMark("importing"));
    await rejection(runtime.spawn(faults.exit));
    gate.open();
    expect(await Promise.all(handles)).toEqual([1, 2, 3]);
    expect(lost).toHaveLength(1);
  });

  test("runs on another thread of the pool if its own dies meanwhile", async () => {
    const runtime = await make("", { maxBlockingThreads: 2 });
    const handle = runtime.spawnBlocking(slow.echo, 1);
    await until(() => gate.hasMark("importing"));
    gate.open();
    expect(await handle).toBe(1);
    expect(await runtime.spawnBlocking(slow.echo, 2)).toBe(2);
  });

  test("is lost in the end if the import ends one worker after the other", async () => {
    const runtime = await make("exit");
    const error = await rejection(runtime.spawn(slow.echo, 1));
    expect(error).toMatchObject({ isWorkerLost: true });
    await until(() => lost.length === 3);
    expect(await runtime.spawn(faults.echo, "after")).toBe("after");
  });

  test("panics if the import fails, and says so", async () => {
    const runtime = await make("throw");
    const handles = [1, 2].map((value) => runtime.spawn(slow.echo, value));
    for (const handle of handles) {
      const error = (await rejection(handle)) as JoinError;
      expect(error).toBeInstanceOf(JoinError);
      expect(error.isPanic).toBe(true);
      expect(error.message).toMatch(/Cannot start task "echo": importing .*slow-module.mjs failed/);
      expect((error.cause as Error).cause).toMatchObject({ message: "no such table" });
    }
  });

  test("ends at once when it is aborted", async () => {
    const runtime = await make();
    const handle = runtime.spawn(slow.echo, 1);
    await until(() => gate.hasMark("importing"));
    handle.abort();
    expect(await rejection(handle)).toMatchObject({ isCancelled: true });
    gate.open();
    expect(await runtime.spawn(slow.echo, 2)).toBe(2);
  });

  test("gives up what it was given when it is aborted", async () => {
    discarded = 0;
    const runtime = await make();
    const receiver = await whatIsLeftOf(runtime, (end) => {
      const handle = runtime.spawn(slow.echo, [end, new Keepsake()]);
      void until(() => gate.hasMark("importing")).then(() => handle.abort());
      return handle;
    });
    expect(receiver).toBeUndefined();
    expect(discarded).toBe(1);
  });

  test("gives up what it was given if the import fails", async () => {
    const runtime = await make("throw");
    expect(await whatIsLeftOf(runtime, (end) => runtime.spawn(slow.echo, end))).toBeUndefined();
  });
});

describe("an ended task whose joiner is dead", () => {
  test("gives up what it has returned", async () => {
    const runtime = await make();
    const left = await whatIsLeftOf(runtime, (end) =>
      runtime.spawn(faults.dieBefore, end, gate.mark("waits"), gate.path),
    );
    expect(left).toBeUndefined();
  });
});

/** What the receiver gets whose sender a task was given that fails. */
function whatIsLeftOf(runtime: Runtime, spawn: (end: mpsc.Sender<number>) => PromiseLike<unknown>) {
  return runtime.run(async () => {
    const { sender, receiver } = mpsc.channel(1, codec.u32);
    await rejection(spawn(sender));
    gate.open();
    return receiver.recv();
  });
}
