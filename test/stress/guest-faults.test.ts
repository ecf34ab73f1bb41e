/** Wasm tasks that go wrong beside healthy ones: each fails alone, and leaves nothing. */
import { type GuestTask, type JoinError, Runtime } from "tokiwa";
import { beforeAll, expect, test } from "vitest";
import { buildFixture } from "../support/guests.ts";
import { levelsOff, repeat } from "../support/leaks.ts";
import { rejection, until } from "../support/waiting.ts";

interface Faults {
  readonly steady: GuestTask<[turns: number], bigint>;
  readonly leak: GuestTask<[count: number], number>;
  readonly eat: GuestTask<[count: number], number>;
  readonly trap: GuestTask<[way: number], void>;
  readonly overflow: GuestTask<[], number>;
  readonly sink: GuestTask<[depth: number], number>;
  readonly hunger: GuestTask<[bytes: number], number>;
}

const TURNS = 3000;
let module: URL;

beforeAll(async () => {
  module = await buildFixture("faults");
}, 120_000);

/** What a task died of. */
const causeOf = async (task: PromiseLike<unknown>): Promise<string> =>
  String(((await rejection(task)) as JoinError).cause);

test("tasks that leak, trap, run out of stack or outgrow a limit fail alone", async () => {
  await using runtime = await Runtime.create({ workerThreads: 4, maxTaskArena: 2 ** 18 });
  const guest = await runtime.load<Faults>(module);
  const { metrics } = runtime;
  const right = await runtime.spawn(guest.steady, TURNS);
  const round = async () => {
    const healthy = Array.from({ length: 10 }, () => runtime.spawn(guest.steady, TURNS));
    const leaking = Array.from({ length: 10 }, () => runtime.spawn(guest.leak, 20));
    const traps = [0, 1, 2].map((way) => causeOf(runtime.spawn(guest.trap, way)));
    const others = [
      causeOf(runtime.spawn(guest.overflow)),
      causeOf(runtime.spawn(guest.sink, 20_000)),
      causeOf(runtime.spawn(guest.hunger, 1000)),
    ];
    expect(await Promise.all(traps)).toEqual([
      expect.stringContaining("unreachable"),
      expect.stringContaining("Index out of range"),
      expect.stringContaining("memory access out of bounds"),
    ]);
    expect(await Promise.all(others)).toEqual([
      expect.stringContaining("call stack"),
      expect.stringContaining("raise maxTaskFrames"),
      expect.stringContaining("raise maxTaskArena"),
    ]);
    expect(await Promise.all(leaking)).toEqual(leaking.map(() => 20));
    expect(await Promise.all(healthy)).toEqual(healthy.map(() => right));
    await until(() => metrics.aliveTasks === 0 && metrics.pendingWaits === 0);
  };
  await repeat(50, round);
  await levelsOff(metrics, () => repeat(10, round));
});

test("a task that finds the memory full fails, and those go on that need no more", async () => {
  await using runtime = await Runtime.create({ workerThreads: 2, maxMemory: 32 * 2 ** 20 });
  const guest = await runtime.load<Faults>(module);
  const right = await runtime.spawn(guest.steady, TURNS);
  for (let round = 0; round < 5; round++) {
    const healthy = Array.from({ length: 10 }, () => runtime.spawn(guest.steady, TURNS));
    // The others have waited by then, and have their frames.
    await runtime.spawn(guest.steady, 100);
    const hungry = [100, 1000, 100_000].map((bytes) => causeOf(runtime.spawn(guest.hunger, bytes)));
    for (const cause of await Promise.all(hungry)) {
      expect(cause).toMatch(/Cannot allocate: the memory has no block|memory is full/);
    }
    expect(await Promise.all(healthy)).toEqual(healthy.map(() => right));
    await until(() => runtime.metrics.aliveTasks === 0);
    await until(() => runtime.metrics.aliveTasks === 0);
    expect(await runtime.spawn(guest.eat, 1000)).toBe(1000); // What they had serves others.
  }
});
