/** A million sleeps at a time, in a memory that has room for little more than a million. */
import { type JoinError, OutOfMemoryError, Runtime, spawn } from "tokiwa";
import { type Sleep, sleep } from "tokiwa/time";
import { describe, expect, test } from "vitest";

const SLEEPS = 1_000_000;
const WAITER_BYTES = 32;
/** What a runtime needs besides, and room that would not do for a round that leaks. */
const MEMORY_BYTES = SLEEPS * WAITER_BYTES + 8 * 2 ** 20;
const ROUNDS = 4;

/** Starts sleeps until there is no room for another, and gives up all. */
function capacity(): number {
  const sleeps: Sleep[] = [];
  try {
    for (;;) {
      const nap = sleep(60_000);
      nap.arm();
      sleeps.push(nap);
    }
  } catch (error) {
    expect(error).toBeInstanceOf(OutOfMemoryError);
  }
  for (const nap of sleeps) nap[Symbol.dispose]();
  return sleeps.length;
}

describe("sleep", () => {
  test("gives back a million timers that were started and dropped", async () => {
    await using runtime = await Runtime.create({
      flavor: "currentThread",
      maxMemory: MEMORY_BYTES,
    });
    await runtime.run(async () => {
      const before = capacity();
      expect(before).toBeGreaterThan(SLEEPS);
      for (let round = 0; round < ROUNDS; round++) {
        const sleeps = Array.from({ length: SLEEPS }, (_, index) => sleep(1 + (index % 100_000)));
        for (const nap of sleeps) nap.arm();
        // Some fire meanwhile, so that timers are dropped in all of their states.
        await sleep(2);
        for (const nap of sleeps) nap[Symbol.dispose]();
      }
      expect(runtime.metrics.pendingWaits).toBe(0);
      expect(capacity()).toBe(before);
    });
  });

  test("counts a million timers of which some have fired", async () => {
    await using runtime = await Runtime.create({
      flavor: "currentThread",
      maxMemory: MEMORY_BYTES,
    });
    await runtime.run(async () => {
      const sleeps = Array.from({ length: SLEEPS }, (_, index) => sleep(1 + (index % 60_000)));
      for (const nap of sleeps) nap.arm();
      expect(runtime.metrics.pendingWaits).toBe(SLEEPS);
      const late = sleeps.filter((nap) => !nap.isElapsed).length;
      expect(late).toBeGreaterThan(SLEEPS / 2);
      await sleeps[100];
      expect(sleeps.slice(0, 100).every((nap) => nap.isElapsed)).toBe(true);
      for (const nap of sleeps) nap[Symbol.dispose]();
      expect(runtime.metrics.pendingWaits).toBe(0);
    });
  });

  test("gives back the timers of tasks that were aborted", async () => {
    await using runtime = await Runtime.create({
      flavor: "currentThread",
      maxMemory: MEMORY_BYTES,
    });
    const sleeper = function* () {
      yield* sleep(60_000);
    };
    const round = async () => {
      const handles = Array.from({ length: 50_000 }, (_, index) =>
        index % 2 === 0 ? spawn(sleeper) : spawn(async () => sleep(60_000)),
      );
      await sleep(2);
      for (const handle of handles) handle.abort();
      const ends = await Promise.allSettled(handles);
      const cancelled = (end: PromiseSettledResult<void>) =>
        end.status === "rejected" && (end.reason as JoinError).isCancelled;
      expect(ends.filter(cancelled)).toHaveLength(handles.length);
    };
    await runtime.run(async () => {
      // The first round takes the memory for as many tasks; the later ones have to do with that.
      await round();
      const before = capacity();
      for (let count = 1; count < ROUNDS; count++) await round();
      expect(capacity()).toBe(before);
    });
  });
});
