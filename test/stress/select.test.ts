/** Wasm tasks that select, on four workers: raced, aborted, and with workers killed under them. */
import { type GuestTask, JoinError, Runtime } from "tokiwa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BuiltGuest, built } from "../support/guests.ts";
import { seeded } from "../support/random.ts";
import { until } from "../support/waiting.ts";
import { Victims } from "./support/victims.ts";

const WORKERS = 4;
const SEED = Number(process.env.TOKIWA_SEED ?? Date.now() % 1e9);
const KILLS = 40;
/** What each race comes to: three senders' messages, every call, silence, and three permits. */
const WHOLE = `${(3 * 40 * 41) / 2} true true 3`;

interface Guest {
  readonly race: GuestTask<[seed: number], string>;
  readonly selectForever: GuestTask<[], void>;
}

let guestFile: BuiltGuest;
beforeAll(async () => {
  guestFile = await built("races");
}, 120_000);

afterAll(async () => {
  await guestFile.remove();
});

/** Nothing runs, nothing waits. */
async function isQuiet({ metrics }: Runtime): Promise<void> {
  await until(() => metrics.aliveTasks === 0);
  await until(() => metrics.pendingWaits === 0);
}

test(`selects that race lose nothing and double nothing, seed ${SEED}`, async () => {
  await using runtime = await Runtime.create({ workerThreads: WORKERS });
  const guest = await runtime.load<Guest>(guestFile.module);
  const random = seeded(SEED);
  for (let round = 0; round < 30; round++) {
    const seeds = Array.from({ length: 20 }, () => Math.floor(random() * 2 ** 31));
    const races = await Promise.all(seeds.map((seed) => runtime.spawn(guest.race, seed)));
    expect([...new Set(races)]).toEqual([WHOLE]);
  }
  await isQuiet(runtime);
});

test(`tasks that are aborted as they select leave nothing, seed ${SEED}`, async () => {
  await using runtime = await Runtime.create({ workerThreads: WORKERS });
  const guest = await runtime.load<Guest>(guestFile.module);
  const random = seeded(SEED);
  for (let round = 0; round < 60; round++) {
    const tasks = Array.from({ length: 50 }, () => runtime.spawn(guest.selectForever));
    const ends = tasks.map((task) => task.then(undefined, (error: unknown) => error));
    await new Promise((resolve) => setTimeout(resolve, random() * 10));
    for (const task of tasks) task.abort();
    for (const end of await Promise.all(ends)) expect(end).toHaveProperty("isCancelled", true);
  }
  await isQuiet(runtime);
});

test(`a worker that is killed amid selects takes only what ran there, seed ${SEED}`, async () => {
  using victims = new Victims(WORKERS);
  await using runtime = await Runtime.create({
    workerThreads: WORKERS,
    ...victims.options,
  });
  const guest = await runtime.load<Guest>(guestFile.module);
  const random = seeded(SEED);
  const tally = { whole: 0, lost: 0, other: 0 };
  for (let round = 0; round < KILLS; round++) {
    const races = Array.from({ length: 40 }, () =>
      runtime.spawn(guest.race, Math.floor(random() * 2 ** 31)).then(
        (text) => {
          if (text === WHOLE) tally.whole += 1;
          else tally.other += 1;
        },
        (error: unknown) => {
          expect(error).toBeInstanceOf(JoinError);
          tally.lost += 1;
        },
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, random() * 20));
    await victims.killOne(random);
    await Promise.all(races);
    await victims.replaced();
    await until(() => runtime.metrics.aliveTasks === 0);
  }
  console.log(`killed ${KILLS}: ${JSON.stringify(tally)}`);
  await isQuiet(runtime);
});
