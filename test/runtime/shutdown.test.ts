/** How a runtime ends: what it waits for, and for how long. */
import { codec, type Future, Mutex, mpsc, Runtime, select, sleep } from "tokiwa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Gate } from "../support/gate.ts";
import { Program, runProgram } from "../support/program.ts";
import { rejection, until } from "../support/waiting.ts";
import * as faults from "./fixtures/faults.mjs";

const CANCELLED = { isCancelled: true };
let gate: Gate;
beforeEach(() => {
  gate = new Gate();
});
afterEach(() => gate.open());

describe("shutdown", () => {
  test("lets the finally blocks of tasks wait", async () => {
    const runtime = await Runtime.create({ workerThreads: 1 });
    const cleaned: string[] = [];
    let started = 0;
    const asynchronous = runtime.spawn(async () => {
      try {
        started += 1;
        await sleep(1e9);
      } finally {
        for (let round = 0; round < 3; round++) await sleep(10);
        cleaned.push("async");
      }
    });
    const generator = runtime.spawn(function* () {
      try {
        started += 1;
        yield* sleep(1e9);
      } finally {
        for (let round = 0; round < 3; round++) yield* sleep(10);
        cleaned.push("generator");
      }
    });
    const portable = runtime.spawn(faults.cleanUpSlowly, gate.mark("waits"), gate.mark("cleaned"));
    await until(() => started === 2 && gate.hasMark("waits"));
    const ends = [asynchronous, generator, portable].map(rejection);
    await runtime.shutdown();
    expect(cleaned.sort()).toEqual(["async", "generator"]);
    expect(gate.hasMark("cleaned")).toBe(true);
    for (const end of ends) expect(await end).toMatchObject(CANCELLED);
  });

  test("does not wait for ever for tasks that go on regardless", async () => {
    const runtime = await Runtime.create({ workerThreads: 1 });
    let started = false;
    const here = runtime.spawn(async () => {
      for (;;) {
        started = true;
        await sleep(1).catch(() => {});
      }
    });
    const there = runtime.spawn(faults.retryForEver, gate.mark("began"));
    await until(() => started && gate.hasMark("began"));
    const ends = [here, there].map(rejection);
    await runtime.shutdown();
    for (const end of ends) expect(await end).toMatchObject(CANCELLED);
  });

  test("is told to whoever waits outside of tasks, also for what stays on its worker", async () => {
    const runtime = await Runtime.create({ workerThreads: 1 });
    const { local, shared, mutex } = await runtime.run(async () => {
      const made = {
        local: mpsc.channel<number>(1),
        shared: mpsc.channel(1, codec.u32),
        mutex: new Mutex(1),
      };
      await made.local.sender.send(1);
      await made.mutex.lock();
      return made;
    });
    using _inside = runtime.enter();
    const waits: Future<unknown>[] = [
      local.sender.send(2),
      shared.receiver.recv(),
      mutex.lock(),
      select([mutex.lock()]),
      sleep(1e9),
    ];
    const ends = waits.map(rejection);
    await runtime.shutdown();
    const told = "ClosedError: Cannot wait: the runtime has shut down";
    for (const end of ends) expect(String(await end)).toBe(told);
  });

  test("is told to a task of another runtime that waits for something of this one's", async () => {
    const runtime = await Runtime.create({ workerThreads: 1 });
    await using other = await Runtime.create({ flavor: "currentThread" });
    const { receiver, sender } = await runtime.run(async () => mpsc.channel(1, codec.u32));
    let waits = false;
    const end = rejection(
      other.spawn(async () => {
        waits = true;
        await receiver.recv();
      }),
    );
    await until(() => waits);
    await runtime.shutdown();
    expect(await end).toMatchObject({ isPanic: true });
    expect(String(await end)).toContain("Cannot receive: the runtime is shut down");
    expect(() => sender.trySend(1)).toThrow("the runtime is shut down");
  });

  test("waits for a blocking job that waits itself", async () => {
    const runtime = await Runtime.create({ workerThreads: 1 });
    const job = runtime.spawnBlocking(faults.waitForeign, gate.mark("began"), gate.path);
    await until(() => gate.hasMark("began"));
    const ended = runtime.shutdown();
    gate.open();
    expect(await job).toBe("passed");
    await ended;
  });

  test("cancels a blocking job that waits for a thread, for the joiner to hear", async () => {
    const runtime = await Runtime.create({ workerThreads: 1, maxBlockingThreads: 1 });
    const end = rejection(runtime.spawnBlocking(faults.waitBehind, gate.mark("waits")));
    await until(() => gate.hasMark("waits"));
    await runtime.shutdown();
    expect(await end).toMatchObject({ isPanic: true, cause: CANCELLED });
  });

  test("within a time limit ends a worker that computes for ever", async () => {
    const runtime = await Runtime.create({ workerThreads: 1 });
    const spinning = runtime.spawn(faults.hold, gate.mark("holds"), gate.path);
    await until(() => gate.hasMark("holds"));
    const end = rejection(spinning);
    await runtime.shutdown({ timeout: 10 });
    expect(await end).toMatchObject(CANCELLED);
  });
});

describe("a program with a worker that computes for ever", () => {
  const program = "test/runtime/fixtures/spinning-main.mjs";

  test("ends within the time that main was given", async () => {
    const { code, lines } = await runProgram(program, [gate.mark("holds"), gate.path, "limit"]);
    expect({ code, lines }).toEqual({ code: 0, lines: ["main ends", "ended"] });
  });

  test("ends at once on process.exit while main waits for it", async () => {
    const { code, lines } = await runProgram(program, [gate.mark("holds"), gate.path, "exit"]);
    expect({ code, lines }).toEqual({ code: 7, lines: ["main ends"] });
  });

  test("ends at once on SIGINT while main waits for it", async () => {
    const spinning = new Program(program, [gate.mark("holds"), gate.path, "wait"]);
    await spinning.line(/^main ends$/);
    spinning.kill("SIGINT");
    expect(await spinning.ended).toEqual({ code: null, signal: "SIGINT" });
  });

  test("is waited for by main otherwise", async () => {
    const spinning = new Program(program, [gate.mark("holds"), gate.path, "wait"]);
    await spinning.line(/^main ends$/);
    expect(spinning.end).toBeUndefined();
    gate.open();
    expect(await spinning.ended).toEqual({ code: 0, signal: null });
    expect(spinning.lines.at(-1)).toBe("ended");
  });
});
