/** Channels of Wasm tasks on four workers: used in every way, and with workers killed. */
import { type GuestTask, type JoinError, Runtime } from "tokiwa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BuiltGuest, built } from "../support/guests.ts";
import { levelsOff, repeat } from "../support/leaks.ts";
import { seeded } from "../support/random.ts";
import { until } from "../support/waiting.ts";
import { Victims } from "./support/victims.ts";

const WORKERS = 4;
const SEED = Number(process.env.TOKIWA_SEED ?? Date.now() % 1e9);
const ROUNDS = 100;
const KILLS = 40;
/** What a story says that has lost a task with its worker. */
const LOST = "a task was lost";

interface Channels {
  readonly tellAll: GuestTask<[seed: number, receivers: number, count: number], string>;
  readonly watchAll: GuestTask<[seed: number, receivers: number, count: number], string>;
  readonly sendInOrder: GuestTask<[seed: number, senders: number], string>;
  readonly passRound: GuestTask<[seed: number, tasks: number], string>;
  readonly makeTogether: GuestTask<[seed: number, tasks: number], string>;
}

let streams: BuiltGuest;
beforeAll(async () => {
  streams = await built("streams");
}, 120_000);

afterAll(async () => {
  await streams.remove();
});

/** One of each story, with numbers of its own. */
function stories(runtime: Runtime, guest: Channels, random: () => number): PromiseLike<string>[] {
  const below = (limit: number) => Math.floor(random() * limit);
  return [
    runtime.spawn(guest.tellAll, below(2 ** 31), 1 + below(6), below(200)),
    runtime.spawn(guest.watchAll, below(2 ** 31), 1 + below(6), below(100)),
    runtime.spawn(guest.sendInOrder, below(2 ** 31), 1 + below(6)),
    runtime.spawn(guest.makeTogether, below(2 ** 31), 1 + below(10)),
  ];
}

test(`guests' channels lose nothing and tell nothing twice, seed ${SEED}`, async () => {
  await using runtime = await Runtime.create({ workerThreads: WORKERS });
  const guest = await runtime.load<Channels>(streams.module);
  const random = seeded(SEED);
  for (let round = 0; round < ROUNDS; round++) {
    const told = Array.from({ length: 10 }, () => stories(runtime, guest, random)).flat();
    // What one was told is lost with a worker that dies just then: so this one goes no further.
    told.push(runtime.spawn(guest.passRound, round, 1 + (round % 8)));
    expect(new Set(await Promise.all(told))).toEqual(new Set([""]));
  }
  await until(() => runtime.metrics.aliveTasks === 0);
  // A wait is given back by the worker whose timer it is.
  await until(() => runtime.metrics.pendingWaits === 0);
});

test(`guests' channels go on when workers are killed, seed ${SEED}`, async () => {
  using victims = new Victims(WORKERS);
  await using runtime = await Runtime.create({
    workerThreads: WORKERS,
    ...victims.options,
  });
  const guest = await runtime.load<Channels>(streams.module);
  const random = seeded(SEED);
  const outcomes = { whole: 0, lost: 0 };
  const killOne = async () => {
    const told = Array.from({ length: 100 }, () => stories(runtime, guest, random)).flat();
    await new Promise((resolve) => setTimeout(resolve, random() * 100));
    await victims.killOne(random);
    for (const outcome of await Promise.allSettled(told)) {
      if (outcome.status === "fulfilled") expect(["", LOST]).toContain(outcome.value);
      else expect((outcome.reason as JoinError).isWorkerLost).toBe(true);
      outcomes[outcome.status === "fulfilled" && outcome.value === "" ? "whole" : "lost"] += 1;
    }
    await victims.replaced();
    await until(() => runtime.metrics.aliveTasks === 0);
  };
  await repeat(KILLS, killOne);
  await levelsOff(runtime.metrics, () => repeat(5, killOne));
  await until(() => runtime.metrics.pendingWaits === 0);
  console.log(`killed: ${JSON.stringify(outcomes)}`);
});
