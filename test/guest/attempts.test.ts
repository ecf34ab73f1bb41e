/** What Wasm tasks try that may come to nothing. */
import { Runtime } from "tokiwa/runtime";
import type { GuestTask } from "tokiwa/task";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildFixture, told } from "../support/guests.ts";

interface Attempts {
  readonly sendInTime: GuestTask<[], string>;
  readonly sendToClosing: GuestTask<[], boolean>;
  readonly changeIfNeeded: GuestTask<[], string>;
  readonly makeAtLast: GuestTask<[], string>;
  readonly makeNothing: GuestTask<[], void>;
  readonly lookForEnd: GuestTask<[], string>;
}

let runtime: Runtime;
let guest: Attempts;

beforeAll(async () => {
  const module = await buildFixture("attempts");
  runtime = await Runtime.create({ workerThreads: 2 });
  guest = await runtime.load<Attempts>(module);
}, 120_000);

afterAll(() => runtime.shutdown());

describe("a guest's Sender", () => {
  test("sends if there is room in time", async () => {
    expect(await told(runtime, guest.sendInTime)).toEqual(["true true true true true ac"]);
  });

  test("hears of a close as it waits for room", async () => {
    expect(await told(runtime, guest.sendToClosing)).toEqual([true]);
  });
});

describe("a guest's watch.Sender", () => {
  test("replaces a value if there is something to change", async () => {
    expect(await told(runtime, guest.changeIfNeeded)).toEqual(["3 true 3 true true true false a!"]);
  });
});

describe("a guest's OnceCell", () => {
  test("is left to the next one if a value cannot be made", async () => {
    expect(await told(runtime, guest.makeAtLast)).toEqual(["true made made true"]);
  });

  test("traps of a value that was said to be made, and was not", async () => {
    await expect(runtime.spawn(guest.makeNothing)).rejects.toHaveProperty(
      "cause.message",
      expect.stringContaining("Cannot read draft: nothing was written to it yet"),
    );
  });
});

describe("a guest's oneshot.Receiver", () => {
  test("tells that nothing will come any more", async () => {
    expect(await told(runtime, guest.lookForEnd)).toEqual(["false false true true"]);
  });
});
