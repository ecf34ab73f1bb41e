import { type GuestTask, Runtime } from "tokiwa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildFixture, told } from "../support/guests.ts";
import { levelsOff } from "../support/leaks.ts";

interface Handles {
  readonly several: GuestTask<[], string>;
  readonly comesBack: GuestTask<[], string>;
  readonly nobodyTakes: GuestTask<[], string>;
  readonly abortEach: GuestTask<[turns: number], boolean>;
  readonly giveBackDropped: GuestTask<[], boolean>;
  readonly spawnWithMoved: GuestTask<[], void>;
}

let runtime: Runtime;
let handles: Handles;

beforeAll(async () => {
  runtime = await Runtime.create({ workerThreads: 2 });
  handles = await runtime.load<Handles>(await buildFixture("handles"));
}, 120_000);

afterAll(() => runtime.shutdown());

describe("a guest's handles", () => {
  test("go with a task, several at once, among other arguments", async () => {
    expect(await told(runtime, handles.several)).toEqual(["4:1234 sum 50 true"]);
  });

  test("come back as the value of a task", async () => {
    expect(await told(runtime, handles.comesBack)).toEqual(["567 true false 0 1"]);
  });

  test("that nobody takes back are given up", async () => {
    expect(await told(runtime, handles.nobodyTakes)).toEqual(["true 0"]);
  });

  test("are all given up by a task that is aborted, whenever that is", async () => {
    for (let turns = 0; turns < 20; turns++) {
      expect(await runtime.spawn(handles.abortEach, turns)).toBe(false);
    }
  });

  test("trap where they were given up before", async () => {
    expect(await runtime.spawn(handles.giveBackDropped)).toBe(false);
    await expect(runtime.spawn(handles.spawnWithMoved)).rejects.toHaveProperty(
      "cause.message",
      expect.stringContaining("Cannot use handle: it was dropped, has gone to another task"),
    );
  });

  test("leave nothing behind", async () => {
    const { several, comesBack, nobodyTakes, giveBackDropped } = handles;
    await levelsOff(runtime.metrics, async () => {
      for (let time = 0; time < 200; time++) {
        for (const story of [several, comesBack, nobodyTakes]) await runtime.spawn(story);
        await runtime.spawn(giveBackDropped);
      }
    });
  });
});
