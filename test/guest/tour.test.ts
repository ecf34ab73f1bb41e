import { JoinError } from "tokiwa/error";
import { Runtime } from "tokiwa/runtime";
import type { GuestTask } from "tokiwa/task";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildFixture } from "../support/guests.ts";

/** As the built declarations say; the test of the build compares them with this. */
interface Tour {
  readonly nothing: GuestTask<[], void>;
  readonly count: GuestTask<[turns: number], bigint>;
  readonly half: GuestTask<[value: number], number>;
  readonly isEven: GuestTask<[value: bigint], boolean>;
  readonly greet: GuestTask<[name: string], string>;
  readonly describe: GuestTask<[value: number, label: string, times: number], string>;
  readonly reversed: GuestTask<[bytes: Uint8Array], ArrayBuffer>;
  readonly primes: GuestTask<[limit: number], number>;
  readonly slept: GuestTask<[durationMs: number], number>;
  readonly countWords: GuestTask<[text: string], string>;
  readonly foreignTexts: GuestTask<[id: number, turns: number], number>;
  readonly leaves: GuestTask<[depth: number], bigint>;
  readonly family: GuestTask<[id: number], string>;
  readonly troubles: GuestTask<[], string>;
  readonly joinTrapped: GuestTask<[], number>;
  readonly fill: GuestTask<[chunk: number], number>;
  readonly manyHandles: GuestTask<[tasks: number], number>;
}

let runtime: Runtime;
let tour: Tour;

beforeAll(async () => {
  runtime = await Runtime.create({ workerThreads: 2 });
  tour = await runtime.load<Tour>(await buildFixture("tour"));
}, 120_000);

afterAll(() => runtime.shutdown());

async function failureOf(task: PromiseLike<unknown>): Promise<JoinError> {
  const error = await task.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(JoinError);
  return error as JoinError;
}

describe("a guest's task", () => {
  test("takes and gives numbers that the core hands over itself", async () => {
    expect(await runtime.spawn(tour.nothing)).toBeUndefined();
    expect(await runtime.spawn(tour.count, 1000)).toBe(499_500n);
    expect(await runtime.spawn(tour.half, 0.25)).toBe(0.125);
    expect(await runtime.spawn(tour.isEven, 2n ** 63n)).toBe(true);
    expect(await runtime.spawn(tour.primes, 6)).toBe(3);
  });

  test("takes and gives text, bytes and several arguments", async () => {
    expect(await runtime.spawn(tour.greet, "wörld 🌍")).toBe("hello, wörld 🌍");
    expect(await runtime.spawn(tour.greet, "")).toBe("hello, ");
    expect(await runtime.spawn(tour.describe, -1.5, "x", 2)).toBe("x=-1.5;x=-1.5;");
    const bytes = await runtime.spawn(tour.reversed, new Uint8Array([1, 2, 3]));
    expect([...new Uint8Array(bytes)]).toEqual([3, 2, 1]);
  });

  test("keeps strings and maps across its waits, beside many others", async () => {
    const text = "to be or not to be";
    const runs = Array.from({ length: 200 }, () => runtime.spawn(tour.countWords, text));
    expect(new Set(await Promise.all(runs))).toEqual(new Set(["be:2 not:1 or:1 to:2"]));
  });

  test("makes the text of template literals on several workers at once", async () => {
    const runs = Array.from({ length: 64 }, (_, id) => {
      return runtime.spawn(tour.foreignTexts, id, 10_000);
    });
    expect(new Set(await Promise.all(runs))).toEqual(new Set([0]));
  });

  test("makes the text of floats on several workers at once", async () => {
    const runs = Array.from({ length: 16 }, (_, run) => {
      return runtime.spawn(tour.describe, run + 0.123_456_789, "v", 200);
    });
    const wanted = Array.from({ length: 16 }, (_, run) => `v=${run + 0.123_456_789};`.repeat(200));
    expect(await Promise.all(runs)).toEqual(wanted);
  });

  test("sleeps", async () => {
    expect(await runtime.spawn(tour.slept, 20)).toBeGreaterThanOrEqual(20);
  });

  test("spawns and joins tasks of its own, with values of every kind", async () => {
    expect(await runtime.spawn(tour.leaves, 10)).toBe(1024n);
    expect(await runtime.spawn(tour.family, 41)).toBe("0.5 42 3.0/0.0 7");
    expect(await runtime.spawn(tour.manyHandles, 500)).toBe(500);
  });

  test("sees which of its tasks were aborted or have trapped", async () => {
    expect(await runtime.spawn(tour.troubles)).toBe("false false true true");
    const { cause } = await failureOf(runtime.spawn(tour.joinTrapped));
    expect(String(cause)).toMatch(/^JoinError: task \d+ panicked: Index out of range/);
  });

  test("that outgrows its arena fails alone, and says so", async () => {
    const other = runtime.spawn(tour.count, 100);
    const { cause } = await failureOf(runtime.spawn(tour.fill, 1 << 20));
    expect(String(cause)).toContain("Cannot allocate: the task's arena");
    expect((cause as Error).stack).toContain("/fill");
    expect(await other).toBe(4950n);
  });
});
