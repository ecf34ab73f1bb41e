import { Runtime } from "tokiwa/runtime";
import type { GuestTask } from "tokiwa/task";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildFixture, told, trapOf } from "../support/guests.ts";

interface Selects {
  readonly waitForOne: GuestTask<[], string>;
  readonly waitForMore: GuestTask<[], string>;
  readonly takeGuards: GuestTask<[], string>;
  readonly waitForTime: GuestTask<[], string>;
  readonly endBranches: GuestTask<[], string>;
  readonly waitForMany: GuestTask<[], number>;
  readonly chooseFairly: GuestTask<[], string>;
  readonly loseNothing: GuestTask<[], string>;
  readonly abortSelecting: GuestTask<[], string>;
  readonly leaveLine: GuestTask<[], string>;
  readonly shareThread: GuestTask<[], number>;
  readonly selectDropped: GuestTask<[], void>;
  readonly takeNothing: GuestTask<[], void>;
}

let module: URL;
let runtime: Runtime;
let selects: Selects;

beforeAll(async () => {
  module = await buildFixture("selects");
  runtime = await Runtime.create({ workerThreads: 2 });
  selects = await runtime.load<Selects>(module);
}, 120_000);

afterAll(() => runtime.shutdown());

describe("a guest's Select", () => {
  test("waits for tasks, messages and calls", async () => {
    expect(await told(runtime, selects.waitForOne)).toEqual(["1 5 1 sent 1 6 1 true"]);
  });

  test("waits for broadcasts, new values, room, and the end", async () => {
    expect(await told(runtime, selects.waitForMore)).toEqual([
      "1 false true 1 0 1 1 new 1 1 1 1 7 1 0",
    ]);
  });

  test("takes guards and permits", async () => {
    expect(await told(runtime, selects.takeGuards)).toEqual(["2 true 1.5 true true 1 3"]);
  });

  test("waits until the earliest moment", async () => {
    expect(await told(runtime, selects.waitForTime)).toEqual(["2 true 1"]);
  });

  test("ends a branch that has nothing to wait for, and skips one that is off", async () => {
    expect(await told(runtime, selects.endBranches)).toEqual(["1 false 0 false 1 true -1 -1"]);
  });

  test("takes any number of branches", async () => {
    expect(await told(runtime, selects.waitForMany)).toEqual([190]);
  });

  test("does a random one of several, or the first", async () => {
    expect(await told(runtime, selects.chooseFairly)).toEqual(["true 0"]);
  });

  test("takes nothing for branches that lose", async () => {
    expect(await told(runtime, selects.loseNothing)).toEqual(["0 true 1 0"]);
    expect(await told(runtime, selects.leaveLine)).toEqual(["1 0 2"]);
  });

  test("gives everything up when its task is aborted", async () => {
    expect(await told(runtime, selects.abortSelecting)).toEqual(["true true true"]);
  });

  test("lets others run although it never has to wait", async () => {
    await using alone = await Runtime.create({ workerThreads: 1 });
    const { shareThread } = await alone.load<Selects>(module);
    expect(await alone.spawn(shareThread)).toBe(1);
  });

  test("traps over a handle that was dropped, and a guard that it has not", async () => {
    expect(await trapOf(runtime, selects.selectDropped)).toContain(
      "Cannot use handle: it was dropped",
    );
    expect(await trapOf(runtime, selects.takeNothing)).toContain("Cannot take guard");
  });
});
