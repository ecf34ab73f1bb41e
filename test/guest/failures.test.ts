/** Tasks of guests that fail, and of which the host has no handle. */
import { type GuestTask, JoinError, Runtime } from "tokiwa";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildFixture } from "../support/guests.ts";
import { rejection, until } from "../support/waiting.ts";

type Tasks = Record<string, GuestTask<[value: number], unknown>>;

/** As the runtime was told of them. */
const reported: JoinError[] = [];
/** More than the frames of a task may take. */
const TOO_DEEP = 1000;
const OUTSIDE = 7;
let runtime: Runtime;
let guest: Tasks;

beforeAll(async () => {
  runtime = await Runtime.create({
    workerThreads: 2,
    maxTaskFrames: 4096,
    onUnhandledPanic: (error) => reported.push(error),
  });
  guest = await runtime.load<Tasks>(await buildFixture("failures"));
}, 120_000);

beforeEach(() => {
  reported.length = 0;
});

afterAll(() => runtime.shutdown());

const spawned = (name: string, value: number) => {
  return runtime.spawn(guest[name] as GuestTask<[number], unknown>, value);
};

/** Why a guest's task has failed. */
async function causeOf(name: string, value: number): Promise<JoinError> {
  const error = await rejection(spawned(name, value));
  expect(error).toBeInstanceOf(JoinError);
  expect((error as JoinError).taskName).toBe(name);
  expect((error as JoinError).cause).toBeInstanceOf(JoinError);
  return (error as JoinError).cause as JoinError;
}

/** Lets every task end, and every report arrive. */
async function settled(): Promise<void> {
  await until(() => runtime.metrics.aliveTasks === 0);
}

describe("a guest's task that joins one that has failed", () => {
  test("fails of what that one did, with its place", async () => {
    for (const name of ["join", "joinSet"]) {
      const failure = await causeOf(name, OUTSIDE);
      expect(failure.message).toMatch(/^task \d+ panicked: Index out of range/);
      expect((failure.cause as Error).stack).toMatch(/at failures\/item/);
      expect(failure.stack).toContain(`at failures/${name} (failures.ts:`);
    }
    const { cause } = await causeOf("joinTwice", OUTSIDE);
    expect((cause as JoinError).message).toMatch(/^task \d+ panicked: Index out of range/);
    expect(((cause as JoinError).cause as Error).stack).toMatch(/at failures\/item/);
  });

  test("says if it was aborted, or has outgrown a limit", async () => {
    const { cause } = await causeOf("joinDeep", TOO_DEEP);
    expect(cause).toBeInstanceOf(RangeError);
    expect((cause as Error).message).toMatch(/^Cannot suspend task "\d+": its frames need more/);
    expect((await causeOf("joinAborted", 0)).isCancelled).toBe(true);
  });

  test("is the one who hears of it", async () => {
    await causeOf("join", OUTSIDE);
    expect(await spawned("look", OUTSIDE)).toBe(false);
    await settled();
    expect(reported).toEqual([]);
  });
});

describe("a failed task of a guest that nobody joins", () => {
  test.each(["detach", "detachLate", "forget", "forgetLate"])("is reported: %s", async (name) => {
    await spawned(name, OUTSIDE);
    await until(() => reported.length > 0);
    await settled();
    expect(reported).toHaveLength(1);
    const { kind, message, cause } = reported[0] as JoinError;
    expect(kind).toBe("panic");
    expect(message).toMatch(/^task \d+ panicked: Index out of range/);
    expect((cause as Error).stack).toMatch(/at failures\/item/);
  });

  test("is reported if it has outgrown a limit", async () => {
    await spawned("forgetDeep", TOO_DEEP);
    await until(() => reported.length > 0);
    expect(reported[0]?.cause).toBeInstanceOf(RangeError);
  });

  test("is not, if it was aborted, or has returned", async () => {
    await spawned("abort", 0);
    for (const name of ["detach", "detachLate", "forget", "forgetLate"]) await spawned(name, 1);
    await settled();
    expect(await rejection(spawned("join", OUTSIDE))).toBeInstanceOf(JoinError);
    expect(reported).toEqual([]);
  });
});
