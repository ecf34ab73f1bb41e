import { Runtime } from "tokiwa/runtime";
import type { GuestTask } from "tokiwa/task";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildFixture, told, trapOf } from "../support/guests.ts";

interface Joins {
  readonly freeAll: GuestTask<[], string>;
  readonly timeTexts: GuestTask<[], string>;
  readonly joinTwice: GuestTask<[], void>;
  readonly joinDetached: GuestTask<[], void>;
  readonly joinAnother: GuestTask<[], void>;
  readonly abortJoined: GuestTask<[], void>;
  readonly selectJoined: GuestTask<[], void>;
  readonly selectMore: GuestTask<[], string>;
  readonly tickNever: GuestTask<[], void>;
  readonly nestScopes: GuestTask<[], string>;
  readonly readUnset: GuestTask<[], number>;
  readonly joinMany: GuestTask<[count: number], number>;
}

let runtime: Runtime;
let joins: Joins;

beforeAll(async () => {
  runtime = await Runtime.create({ workerThreads: 2 });
  joins = await runtime.load<Joins>(await buildFixture("joins"));
}, 120_000);

afterAll(() => runtime.shutdown());

describe("a guest's JoinHandle", () => {
  test("traps if it was used up", async () => {
    const { joinTwice, joinDetached, joinAnother, abortJoined, selectJoined } = joins;
    for (const story of [joinTwice, joinDetached, joinAnother, abortJoined]) {
      expect(await trapOf(runtime, story)).toContain(
        "Cannot use join handle: the task was joined or",
      );
    }
    expect(await trapOf(runtime, selectJoined)).toContain("Cannot use handle: it was dropped");
  });

  test("is good beside many others", async () => {
    expect(await runtime.spawn(joins.joinMany, 2000)).toBe(1_999_000);
  });
});

describe("a guest's timeout", () => {
  test("gives back all that was held, also when the task around it is aborted", async () => {
    expect(await told(runtime, joins.freeAll)).toEqual(["true 2"]);
  });

  test("brings values of any kind", async () => {
    expect(await told(runtime, joins.timeTexts)).toEqual(["text 7"]);
  });
});

describe("a guest's Select", () => {
  test("waits for tasks of a set, and for ticks", async () => {
    expect(await told(runtime, joins.selectMore)).toEqual(["55 true"]);
  });
});

describe("a guest's Interval", () => {
  test("refuses a period of nothing", async () => {
    expect(await trapOf(runtime, joins.tickNever)).toContain("the period must be over 0 ms");
  });
});

describe("a guest's TaskLocal", () => {
  test("is what the innermost scope has set", async () => {
    expect(await told(runtime, joins.nestScopes)).toEqual(["464 inner false false"]);
  });

  test("traps outside of every scope", async () => {
    expect(await trapOf(runtime, joins.readUnset)).toContain(
      'Cannot read task-local "depth": no scope',
    );
  });
});
