import { Runtime } from "tokiwa/runtime";
import type { GuestTask } from "tokiwa/task";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BuiltGuest, built } from "../support/guests.ts";
import { levelsOff } from "../support/leaks.ts";
import { until } from "../support/waiting.ts";

interface Streams {
  readonly abortEach: GuestTask<[turns: number], string>;
  readonly reserveWithoutLimit: GuestTask<[], void>;
}

let guest: BuiltGuest;
let runtime: Runtime;
let streams: Streams;

beforeAll(async () => {
  guest = await built("streams");
  runtime = await Runtime.create({ workerThreads: 2 });
  streams = await runtime.load<Streams>(guest.module);
}, 120_000);

afterAll(async () => {
  await runtime.shutdown();
  await guest.remove();
});

test("a guest that is aborted at a wait, of whatever kind, leaves nothing of it", async () => {
  const abortAll = async (times: number) => {
    for (let time = 0; time < times; time++) {
      // Before it waits, as it begins to, and once it does.
      for (const turns of [0, 1, 5]) {
        expect(await runtime.spawn(streams.abortEach, turns)).toBe("0 1 1 2 false true true true");
      }
    }
    await until(() => runtime.metrics.aliveTasks === 0);
    // A wait is given back by the worker whose timer it is.
    await until(() => runtime.metrics.pendingWaits === 0);
  };
  await levelsOff(runtime.metrics, () => abortAll(100));
});

test("a guest cannot reserve a place in a channel without a limit", async () => {
  await expect(runtime.spawn(streams.reserveWithoutLimit)).rejects.toHaveProperty(
    "cause.message",
    expect.stringContaining("Cannot reserve: the channel has no limit"),
  );
});
