/** Wasm tasks on four workers: moved about, aborted, and with their workers killed under them. */
import { type GuestTask, JoinError, Runtime } from "tokiwa";
import { beforeAll, describe, expect, test } from "vitest";
import { buildFixture } from "../support/guests.ts";
import { levelsOff, repeat } from "../support/leaks.ts";
import { seeded } from "../support/random.ts";
import { until } from "../support/waiting.ts";
import { Victims } from "./support/victims.ts";

const WORKERS = 4;
const SEED = Number(process.env.TOKIWA_SEED ?? Date.now() % 1e9);
const KILLS = 100;
const STEPS = 80;
/** In how many ways wandering tasks meet others; and those in which they miss nobody who dies. */
const WAYS = 14;
const SAFE_WAYS = 12;

interface Guest {
  readonly wander: GuestTask<[seed: number, steps: number, waits: boolean, ways: number], string>;
  readonly abandon: GuestTask<[children: number, durationMs: number], void>;
  readonly waitFor: GuestTask<[children: number, durationMs: number], void>;
  readonly sleepFor: GuestTask<[durationMs: number], void>;
  readonly overflow: GuestTask<[], number>;
  readonly overflowSending: GuestTask<[levels: number], number>;
  readonly small: GuestTask<[value: number], number>;
}

let module: URL;
beforeAll(async () => {
  module = await buildFixture("wander");
}, 120_000);

/** What became of a task: its value, or how it failed. */
const outcomeOf = (task: PromiseLike<unknown>): PromiseLike<unknown> =>
  task.then(
    (value) => value,
    (reason: unknown) => reason,
  );

test(`10,000 programs come to the same with waits and without, seed ${SEED}`, async () => {
  await using runtime = await Runtime.create({ workerThreads: WORKERS });
  const guest = await runtime.load<Guest>(module);
  const random = seeded(SEED);
  const compare = async () => {
    const runs = Array.from({ length: 100 }, () => ({
      seed: Math.floor(random() * 2 ** 31),
      steps: Math.floor(random() * 100),
    }));
    const run = (waits: boolean) =>
      Promise.all(
        runs.map(({ seed, steps }) => runtime.spawn(guest.wander, seed, steps, waits, WAYS)),
      );
    const [moved, straight] = [await run(true), await run(false)];
    expect(moved).toEqual(straight);
  };
  await repeat(90, compare);
  await levelsOff(runtime.metrics, () => repeat(10, compare));
  await until(() => runtime.metrics.aliveTasks === 0);
  // A wait is given back by the worker whose timer it is.
  await until(() => runtime.metrics.pendingWaits === 0);
});

test("a guest that runs out of stack, wherever that is, fails alone", async () => {
  await using runtime = await Runtime.create({ workerThreads: 2 });
  const guest = await runtime.load<Guest>(module);
  for (let round = 0; round < 150; round++) {
    const overflow = outcomeOf(runtime.spawn(guest.overflow));
    const sending = outcomeOf(runtime.spawn(guest.overflowSending, round));
    const other = await runtime.spawn(guest.wander, round, 20, true, WAYS);
    expect(other).toBe(await runtime.spawn(guest.wander, round, 20, false, WAYS));
    for (const outcome of [await overflow, await sending]) {
      expect(String((outcome as JoinError).cause)).toContain("call stack");
    }
  }
});

test("a million tasks give back their arenas and frames", async () => {
  await using runtime = await Runtime.create({ workerThreads: 2 });
  const guest = await runtime.load<Guest>(module);
  const wanderOnce = async () => {
    const tasks = Array.from({ length: 10_000 }, (_, at) =>
      runtime.spawn(guest.wander, at, 1, true, 0),
    );
    await Promise.all(tasks);
    await until(() => runtime.metrics.aliveTasks === 0);
  };
  await repeat(95, wanderOnce);
  await levelsOff(runtime.metrics, () => repeat(5, wanderOnce));
});

describe("a worker that is killed amid Wasm tasks", () => {
  test(`takes only those with it that ran there, seed ${SEED}`, async () => {
    using victims = new Victims(WORKERS);
    await using runtime = await Runtime.create({
      workerThreads: WORKERS,
      ...victims.options,
    });
    const guest = await runtime.load<Guest>(module);
    const random = seeded(SEED);
    const straight = new Map<number, string>();
    for (let seed = 1; seed <= 20; seed++) {
      straight.set(seed, await runtime.spawn(guest.wander, seed, STEPS, false, SAFE_WAYS));
    }
    const tally = { value: 0, lost: 0, joined: 0 };
    const killOne = async () => {
      const wanderers = Array.from({ length: 200 }, (_, at) => {
        const seed = 1 + (at % straight.size);
        const task = runtime.spawn(guest.wander, seed, STEPS, true, SAFE_WAYS);
        return outcomeOf(task).then((outcome) => {
          if (outcome instanceof JoinError) count(tally, outcome);
          else {
            expect(outcome).toBe(straight.get(seed));
            tally.value += 1;
          }
        });
      });
      const others = [
        runtime.spawn(guest.abandon, 20, random() * 4),
        runtime.spawn(guest.waitFor, 20, random() * 4),
        ...Array.from({ length: 40 }, () => runtime.spawn(guest.sleepFor, random() * 8)),
      ].map(outcomeOf);
      await new Promise((resolve) => setTimeout(resolve, random() * 25));
      await victims.killOne(random);
      await Promise.all([...wanderers, ...others]);
      await victims.replaced();
      await until(() => runtime.metrics.aliveTasks === 0);
      expect(await runtime.spawn(guest.small, 14)).toBe(42);
    };
    await repeat(KILLS, killOne);
    await levelsOff(runtime.metrics, () => repeat(10, killOne));
    // What the last of them waited for is given back by the workers whose timers they are.
    await until(() => runtime.metrics.pendingWaits === 0);
    console.log(`killed: ${JSON.stringify(tally)}`);
  });
});

/** A task is lost with its worker, or traps as it joins one that was. */
function count(tally: { lost: number; joined: number }, { isWorkerLost, cause }: JoinError): void {
  if (isWorkerLost) tally.lost += 1;
  else {
    expect((cause as JoinError).isWorkerLost).toBe(true);
    tally.joined += 1;
  }
}
