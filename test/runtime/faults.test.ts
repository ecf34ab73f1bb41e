/**
 * What can go wrong, and what then happens: workers that die, tasks that throw, memory that ends.
 */
import {
  type JoinError,
  type LostWorker,
  NotSendError,
  OutOfMemoryError,
  type PortableTask,
  sleep,
} from "tokiwa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runtimesOf } from "../conformance/flavors.ts";
import { Gate } from "../support/gate.ts";
import { rejection, until } from "../support/waiting.ts";
import * as faults from "./fixtures/faults.mjs";

const make = runtimesOf({ workerThreads: 2 });

let gate: Gate;
let lost: LostWorker[];
const onWorkerLost = (worker: LostWorker) => lost.push(worker);
beforeEach(() => {
  gate = new Gate();
  lost = [];
});
afterEach(() => gate.open());

describe("a worker that dies", () => {
  test("of process.exit fails the task it ran, and is replaced", async () => {
    const runtime = await make({ workerThreads: 1, onWorkerLost });
    const error = await rejection(runtime.spawn(faults.exit));
    expect(error).toMatchObject({ name: "JoinError", isWorkerLost: true });
    await until(() => lost.length === 1);
    expect(lost[0]).toMatchObject({ index: 0, name: "tokiwa-worker-0" });
    expect(await runtime.spawn(faults.echo, "after")).toBe("after");
    expect(runtime.metrics.aliveTasks).toBe(0);
  });

  test("of its heap limit fails the task it ran, and is replaced", async () => {
    const resourceLimits = { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 };
    const runtime = await make({ workerThreads: 1, onWorkerLost, resourceLimits });
    const error = await rejection(runtime.spawn(faults.gorge));
    expect(error).toMatchObject({ isWorkerLost: true });
    await until(() => lost.length === 1);
    expect(lost[0]?.cause).toMatchObject({ code: "ERR_WORKER_OUT_OF_MEMORY" });
    expect(await runtime.spawn(faults.echo, "after")).toBe("after");
  });

  test("of an uncaught throw fails the tasks it had begun, and is replaced", async () => {
    const runtime = await make({ workerThreads: 1, onWorkerLost });
    const waiting = runtime.spawn(faults.pending, gate.mark("waits"));
    await until(() => gate.hasMark("waits"));
    const throwing = runtime.spawn(faults.throwFromTimer);
    const cause = { name: "Error", message: "from a timer" };
    expect(await rejection(throwing)).toMatchObject({ isWorkerLost: true, cause });
    expect(await rejection(waiting)).toMatchObject({ isWorkerLost: true, cause });
    await until(() => lost.length === 1);
    expect(lost[0]?.cause).toMatchObject({ message: "from a timer" });
    expect(await runtime.spawn(faults.echo, "after")).toBe("after");
  });

  test("tells a joiner on another thread what it died of", async () => {
    const runtime = await make({ onWorkerLost });
    const cause = { name: "Error", message: "from a timer" };
    expect(await runtime.spawn(faults.joinThrower)).toMatchObject({ kind: "workerLost", cause });
  });

  test("leaves what it had queued to the others", async () => {
    const runtime = await make({ onWorkerLost });
    // Both workers are held, so that nobody can take what the first one queues.
    const holding = runtime.spawn(faults.hold, gate.mark("holds"), gate.mark("holds-on"));
    await until(() => gate.hasMark("holds"));
    const dying = runtime.spawn(faults.queueThenExit, 20, gate.mark("queued"), gate.path);
    await until(() => gate.hasMark("queued"));
    gate.open();
    expect(await rejection(dying)).toMatchObject({ isWorkerLost: true });
    await until(() =>
      Array.from({ length: 20 }, (_, i) => gate.hasMark(`queued-${i}`)).every(Boolean),
    );
    await runtime.spawnBlocking(faults.leaveMark, gate.mark("holds-on"));
    await holding;
    await until(() => lost.length === 1 && runtime.metrics.aliveTasks === 0);
  });

  test("in the blocking pool fails its job, and the others go on", async () => {
    const runtime = await make({ onWorkerLost, maxBlockingThreads: 1 });
    const dying = runtime.spawnBlocking(faults.exit);
    const next = runtime.spawnBlocking(faults.echo, "next");
    expect(await rejection(dying)).toMatchObject({ isWorkerLost: true });
    expect(await next).toBe("next");
    await until(() => lost.length === 1);
  });

  test("again and again is replaced again and again", async () => {
    const runtime = await make({ onWorkerLost });
    for (let round = 1; round <= 5; round++) {
      const others = Array.from({ length: 50 }, (_, index) => runtime.spawn(faults.echo, index));
      const dying = runtime.spawn(faults.exit);
      expect(await rejection(dying)).toMatchObject({ isWorkerLost: true });
      for (const [index, other] of others.entries()) {
        // Those that had begun on the dying worker and had not been told are lost with it.
        const outcome = await other.then(
          (value) => value,
          (error) => (error as JoinError).isWorkerLost,
        );
        expect([index, true]).toContain(outcome);
      }
      await until(() => lost.length === round);
    }
  });
});

describe("an unhandled rejection on a worker", () => {
  async function reported(body: PortableTask<[string], unknown>): Promise<JoinError[]> {
    const heard: JoinError[] = [];
    const onUnhandledPanic = (error: JoinError) => heard.push(error);
    const runtime = await make({ workerThreads: 1, onWorkerLost, onUnhandledPanic });
    const other = runtime.spawn(faults.waitFor, gate.path);
    const task = runtime.spawn(body, "left alone");
    await task;
    await until(() => heard.length === 1);
    gate.open();
    expect(await other).toBe("passed");
    expect(lost).toEqual([]);
    expect(heard[0]).toMatchObject({ name: "JoinError", isPanic: true });
    expect(heard[0]?.cause).toMatchObject({ name: "RangeError", message: "left alone" });
    return heard;
  }

  test("is reported once as its task's, and takes nobody with it", async () => {
    const [error] = await reported(faults.rejectAside as PortableTask<[string], unknown>);
    expect(error?.taskName).toBe("rejectAside");
    expect(error?.message).toMatch(/^task \d+ "rejectAside" panicked: left alone$/);
  });

  test("is reported also where no task can be told", async () => {
    const [error] = await reported(faults.rejectOutside as PortableTask<[string], unknown>);
    expect(error?.message).toMatch(/panicked: left alone$/);
  });

  test("of a task that nobody joins is reported with name and number", async () => {
    const [error] = await reported(faults.failUnheard as PortableTask<[string], unknown>);
    expect(error?.taskName).toBe("unheard");
    expect(error?.taskId).toBeGreaterThan(0);
  });

  test("of what an aborted task has left alone is no news", async () => {
    const heard: JoinError[] = [];
    const onUnhandledPanic = (error: JoinError) => heard.push(error);
    const runtime = await make({ workerThreads: 1, onWorkerLost, onUnhandledPanic });
    const task = runtime.spawn(faults.sleepAside, gate.mark("waits"));
    await until(() => gate.hasMark("waits"));
    task.abort();
    expect(await rejection(task)).toMatchObject({ isCancelled: true });
    expect(await runtime.spawn(faults.echo, "after")).toBe("after");
    expect([heard, lost]).toEqual([[], []]);
  });
});

describe("a task that throws", () => {
  test("takes no other with it", async () => {
    const runtime = await make();
    const sleepers = Array.from({ length: 10 }, () => runtime.spawn(async () => sleep(20)));
    expect(await rejection(runtime.spawn(faults.throwInTask, "boom"))).toMatchObject({
      isPanic: true,
      cause: { name: "TypeError", message: "boom" },
    });
    const local = runtime.spawn(() => {
      throw new Error("local");
    });
    expect(await rejection(local)).toMatchObject({ isPanic: true, cause: { message: "local" } });
    for (const sleeper of sleepers) await sleeper;
  });

  test("is reported once, with name and id, if nobody joins it", async () => {
    const reports: JoinError[] = [];
    const runtime = await make({ onUnhandledPanic: (error) => reports.push(error) });
    const local = runtime.spawn(
      async () => {
        await sleep(0);
        throw new Error("local");
      },
      { name: "ledger" },
    );
    const ported = runtime.spawn(faults.throwInTask, "ported");
    await until(() => reports.length === 2);
    const told = reports.map(({ taskId, taskName, message }) => ({ taskId, taskName, message }));
    expect(told).toContainEqual({
      taskId: local.id,
      taskName: "ledger",
      message: `task ${local.id} "ledger" panicked: local`,
    });
    expect(told).toContainEqual({
      taskId: ported.id,
      taskName: "throwInTask",
      message: `task ${ported.id} "throwInTask" panicked: ported`,
    });
    runtime.spawn(faults.throwInTask, "detached").detach();
    await rejection(runtime.spawn(faults.throwInTask, "joined"));
    await runtime.spawn(async () => sleep(5));
    expect(reports).toHaveLength(2);
  });
});

describe("a blocking job", () => {
  test("keeps its thread until what it left behind has ended", async () => {
    const runtime = await make({ blockingKeepAlive: 1 });
    await runtime.spawnBlocking(faults.leaveBehind, gate.mark("slept"), gate.mark("joined"));
    await until(() => gate.hasMark("slept") && gate.hasMark("joined"));
    await until(() => runtime.metrics.blockingThreads === 0);
  });

  test("is done also by a thread that is not kept at all", async () => {
    const runtime = await make({ blockingKeepAlive: 0 });
    for (let round = 0; round < 3; round++) {
      expect(await runtime.spawnBlocking(faults.echo, round)).toBe(round);
    }
    const waiting = runtime.spawnBlocking(faults.waitForeign, gate.mark("waits"), gate.path);
    await until(() => gate.hasMark("waits"));
    gate.open();
    expect(await waiting).toBe("passed");
    await until(() => runtime.metrics.blockingThreads === 0);
  });
});

describe("a value that cannot move", () => {
  test("is refused with its path, and nothing is spawned", async () => {
    const runtime = await make();
    const refuse = () => runtime.spawn(faults.echo, { list: [1, { call: () => 1 }] } as never);
    expect(refuse).toThrow(NotSendError);
    expect(refuse).toThrow(/list\[1\]\.call/);
    expect(runtime.metrics.aliveTasks).toBe(0);
  });

  test("fails the task that returns it", async () => {
    const runtime = await make();
    const error = (await rejection(runtime.spawn(faults.returnFunction))) as JoinError;
    expect(error.isPanic).toBe(true);
    expect(error.cause).toMatchObject({ name: "NotSendError" });
    expect(String((error.cause as Error).message)).toMatch(/a\[0\]/);
  });
});

describe("memory that is full", () => {
  test("refuses a spawn, and everything goes on", async () => {
    const runtime = await make({ workerThreads: 1, maxMemory: 4 * 1024 * 1024 });
    expect(await runtime.spawn(faults.echo, "before")).toBe("before");
    const held: { abort(): void }[] = [];
    const fillUp = () => {
      for (;;) held.push(runtime.spawn(async () => sleep(1e9)));
    };
    expect(fillUp).toThrow(OutOfMemoryError);
    expect(held.length).toBeGreaterThan(1000);
    for (const task of held) task.abort();
    await until(() => runtime.metrics.aliveTasks === 0);
    expect(await runtime.spawn(async () => "after")).toBe("after");
    expect(await runtime.spawn(faults.echo, "after")).toBe("after");
  });

  test("refuses an argument or a value that does not fit", async () => {
    const runtime = await make({ workerThreads: 1, maxMemory: 4 * 1024 * 1024 });
    const large = new Uint8Array(8 * 1024 * 1024);
    expect(() => runtime.spawn(faults.echo, large)).toThrow(OutOfMemoryError);
    expect(await rejection(runtime.spawn(faults.fill, 8 * 1024 * 1024))).toMatchObject({
      isPanic: true,
    });
    expect(await runtime.spawn(faults.fill, 1000)).toHaveLength(1000);
  });
});
