/** The collector of Wasm tasks' garbage, on four workers: for long, at random, and killed. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type GuestTask, JoinError, Runtime } from "tokiwa";
import { buildGuest } from "tokiwa/build";
import { afterAll, beforeAll, expect, test } from "vitest";
import { levelsOff, repeat } from "../support/leaks.ts";
import { seeded } from "../support/random.ts";
import { until } from "../support/waiting.ts";
import { Victims } from "./support/victims.ts";

const WORKERS = 4;
const SEED = Number(process.env.TOKIWA_SEED ?? Date.now() % 1e9);
const PROGRAMS = 2000;
const STEPS = 200;
const KILLS = 60;

interface Garbage {
  readonly serve: GuestTask<[turns: number, size: number], number>;
}

interface Mutating {
  readonly mutate: GuestTask<[seed: number, steps: number, waits: boolean], number>;
}

let folder: string;
let garbage: URL;
let mutating: URL;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tokiwa-collector-"));
  garbage = await build("garbage");
  mutating = await build("mutate");
}, 120_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function build(name: string): Promise<URL> {
  const entry = fileURLToPath(new URL(`../guest/fixtures/${name}.ts`, import.meta.url));
  const outFile = join(folder, `${name}.wasm`);
  await buildGuest({ entry, outFile });
  return pathToFileURL(outFile);
}

/** Seeds with what a program comes to that neither waits nor is collected. */
async function modelled(count: number, random: () => number): Promise<[number, number][]> {
  await using runtime = await Runtime.create({ workerThreads: WORKERS, collectTaskAbove: 2 ** 30 });
  const guest = await runtime.load<Mutating>(mutating);
  const seeds = Array.from({ length: count }, () => Math.floor(random() * 2 ** 31));
  return await Promise.all(
    seeds.map(async (seed): Promise<[number, number]> => {
      return [seed, await runtime.spawn(guest.mutate, seed, STEPS, false)];
    }),
  );
}

test("a million waits with a kilobyte of garbage each take no more memory", async () => {
  await using runtime = await Runtime.create({ workerThreads: WORKERS });
  const guest = await runtime.load<Garbage>(garbage);
  const warm = await runtime.spawn(guest.serve, 10_000, 100_000);
  const { memoryBytes } = runtime.metrics;
  const most = await runtime.spawn(guest.serve, 1_000_000, 100_000);
  expect(warm).toBeGreaterThan(0);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(2 * warm);
  expect(runtime.metrics.memoryBytes).toBeLessThan(2 * memoryBytes);
  expect(runtime.metrics.guests.collections).toBeGreaterThan(50);
});

test(`graphs that change at random stay whole, seed ${SEED}`, async () => {
  const models = await modelled(PROGRAMS, seeded(SEED));
  await using runtime = await Runtime.create({ workerThreads: WORKERS, collectTaskAbove: 4096 });
  const guest = await runtime.load<Mutating>(mutating);
  for (let first = 0; first < PROGRAMS; first += 100) {
    const some = models.slice(first, first + 100);
    const found = await Promise.all(
      some.map(([seed]) => runtime.spawn(guest.mutate, seed, STEPS, true)),
    );
    expect(found).toEqual(some.map(([, model]) => model));
  }
  expect(runtime.metrics.guests.collections).toBeGreaterThan(PROGRAMS * 10);
  await until(() => runtime.metrics.guests.arenaBytes === 0);
});

test(`workers that are killed while they collect lose only their task, seed ${SEED}`, async () => {
  const random = seeded(SEED);
  const models = await modelled(50, random);
  using victims = new Victims(WORKERS);
  await using runtime = await Runtime.create({
    workerThreads: WORKERS,
    collectTaskAbove: 4096,
    ...victims.options,
  });
  const guest = await runtime.load<Mutating>(mutating);
  let kills = 0;
  let tasksLost = 0;
  const killOne = async () => {
    kills += 1;
    const runs = models.map(async ([seed, model]) => {
      try {
        expect(await runtime.spawn(guest.mutate, seed, STEPS, true)).toBe(model);
      } catch (error) {
        if (!(error instanceof JoinError)) throw error;
        expect(error.isWorkerLost).toBe(true);
        tasksLost += 1;
      }
    });
    await new Promise((resolve) => setTimeout(resolve, random() * 20));
    await victims.killOne(random);
    await Promise.all(runs);
    await victims.replaced();
    await until(() => runtime.metrics.aliveTasks === 0);
  };
  await repeat(KILLS, killOne);
  await levelsOff(runtime.metrics, () => repeat(5, killOne));
  expect(tasksLost).toBeLessThanOrEqual(kills);
});
