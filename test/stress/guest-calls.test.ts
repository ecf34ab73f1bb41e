/** Wasm tasks that call TypeScript functions as their workers are killed. */
import { type GuestTask, JoinError, Runtime, sleep } from "tokiwa";
import { beforeAll, expect, test } from "vitest";
import { buildFixture } from "../support/guests.ts";
import { levelsOff, repeat } from "../support/leaks.ts";
import { seeded } from "../support/random.ts";
import { until } from "../support/waiting.ts";
import { Victims } from "./support/victims.ts";

const WORKERS = 3;
const KILLS = 60;
const TASKS = 100;
const SEED = Number(process.env.TOKIWA_SEED ?? Date.now() % 1e9);

interface Guest {
  readonly prices: GuestTask<[symbols: string, turns: number], number>;
  readonly many: GuestTask<[count: number], number>;
}

let module: URL;
beforeAll(async () => {
  module = await buildFixture("calls");
}, 120_000);

test(`a worker that is killed amid calls takes only what ran there, seed ${SEED}`, async () => {
  using victims = new Victims(WORKERS);
  await using runtime = await Runtime.create({ workerThreads: WORKERS, ...victims.options });
  const random = seeded(SEED);
  const functions = {
    priceOf: async (symbol: string) => {
      if (random() < 0.5) await sleep(random() * 3);
      return Number(symbol);
    },
    nothing() {},
    mixed: () => "",
    bytesOf: () => new Uint8Array(),
    half: (value: bigint) => value,
  };
  const guest = await runtime.load<Guest, typeof functions>(module, { functions });
  const { metrics } = runtime;
  const tally = { value: 0, lost: 0, joined: 0 };
  const killOne = async () => {
    const tasks = Array.from({ length: TASKS }, (_, at) => {
      const task =
        at % 10 === 0 ? runtime.spawn(guest.many, 10) : runtime.spawn(guest.prices, "1 2 3", 5);
      return task.then(
        (value) => {
          expect(value).toBe(at % 10 === 0 ? 45 : 30);
          tally.value += 1;
        },
        (error: unknown) => {
          expect(error).toBeInstanceOf(JoinError);
          const { isWorkerLost, cause } = error as JoinError;
          if (isWorkerLost) tally.lost += 1;
          else {
            expect((cause as JoinError).isWorkerLost).toBe(true);
            tally.joined += 1;
          }
        },
      );
    });
    await new Promise((resolve) => setTimeout(resolve, random() * 20));
    await victims.killOne(random);
    await Promise.all(tasks);
    await victims.replaced();
    await until(() => metrics.aliveTasks === 0);
  };
  await repeat(KILLS, killOne);
  await levelsOff(metrics, () => repeat(10, killOne));
  console.log(`killed: ${JSON.stringify(tally)}`);
  expect(tally.value).toBeGreaterThan(tally.lost);
  await until(() => metrics.pendingWaits === 0);
});
