/** Sockets of guests on four workers that are killed one after the other. */
import { readdirSync } from "node:fs";
import { type GuestTask, Runtime } from "tokiwa";
import { beforeAll, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { buildFixture } from "../support/guests.ts";
import { freePort, untilServed } from "../support/port.ts";
import { seeded } from "../support/random.ts";
import { until } from "../support/waiting.ts";
import { Victims } from "./support/victims.ts";

const WORKERS = 4;
const CLIENTS = 40;
const KILLS = 40;
const SEED = Number(process.env.TOKIWA_SEED ?? Date.now() % 1e9);

let module: URL;
beforeAll(async () => {
  module = await buildFixture("sockets");
}, 120_000);

/** How many sockets guests have open. */
function open({ metrics: { io } }: Runtime): number {
  return io.registered - io.deregistered;
}

function descriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

test(`connections live on when workers die, and none is left open, seed ${SEED}`, async () => {
  const random = seeded(SEED);
  const before = descriptors();
  using victims = new Victims(WORKERS);
  const runtime = await Runtime.create({
    workerThreads: WORKERS,
    ...victims.options,
  });
  const { serve } = await runtime.load<{ serve: GuestTask<[address: string], void> }>(module);
  const port = await freePort();
  let isOver = false;
  /** The task that accepts may be the one that dies with its worker. */
  async function serveOn(): Promise<void> {
    while (!isOver) await runtime.spawn(serve, `127.0.0.1:${port}`).then(undefined, () => {});
  }
  /** Goes on with one connection for as long as that lives. */
  async function visit(): Promise<number> {
    await untilServed(port);
    const client = await Client.connect(port);
    let trips = 0;
    while (!isOver && !client.hasEnded) {
      const text = `${random()}`;
      const answer = await client.roundTrip(text);
      if (client.hasEnded) break; // With the worker that ran its task at the moment.
      expect(answer).toBe(text);
      trips += 1;
      if (random() < 0.01) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    client.drop();
    return trips;
  }
  async function visitOn(): Promise<number> {
    let trips = 0;
    while (!isOver) trips += await visit();
    return trips;
  }
  const serving = serveOn();
  const visits = Array.from({ length: CLIENTS }, visitOn);
  for (let kills = 0; kills < KILLS; kills++) {
    await new Promise((resolve) => setTimeout(resolve, random() * 20));
    await victims.killOne(random);
    await victims.replaced();
  }
  // All is well again: everybody is answered.
  await untilServed(port);
  isOver = true;
  const trips = await Promise.all(visits);
  expect(Math.min(...trips)).toBeGreaterThan(0);
  // Whatever the dead were at, all that is open by now is a listener, should its task have lived.
  await until(() => open(runtime) <= 1);
  await runtime.shutdown();
  await serving;
  await until(() => descriptors() <= before);
});

test("connections that sleep are served on when every worker has died", async () => {
  using victims = new Victims(2);
  const runtime = await Runtime.create({
    workerThreads: 2,
    ...victims.options,
  });
  const { serve } = await runtime.load<{ serve: GuestTask<[address: string], void> }>(module);
  const port = await freePort();
  const serving = runtime.spawn(serve, `127.0.0.1:${port}`).then(undefined, () => {});
  await untilServed(port);
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => Client.connect(port)));
  for (let round = 0; round < 10; round++) {
    const text = `round ${round}`;
    const answers = await Promise.all(clients.map((client) => client.roundTrip(text)));
    expect(new Set(answers)).toEqual(new Set([text]));
    // Who has answered has only to wait again: soon nobody runs.
    await until(() => [0, 1].every((at) => runtime.metrics.worker(at).running === undefined));
    await victims.replaced();
    await victims.killAll();
  }
  await runtime.shutdown();
  await serving;
});
