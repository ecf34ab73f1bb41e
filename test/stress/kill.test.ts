/** Workers that die under load, a hundred times over. */
import { readFileSync, writeFileSync } from "node:fs";
import { JoinError, type LostWorker, type PortableTask, Runtime } from "tokiwa";
import { describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { Gate } from "../support/gate.ts";
import { type Figures, observed } from "../support/observed.ts";
import { descriptorsOf, type Program, residentBytesOf } from "../support/program.ts";
import { seeded } from "../support/random.ts";
import { rejection, until, untilAsync } from "../support/waiting.ts";
import * as deaths from "./fixtures/deaths.mjs";

const ROUNDS = 100;
const WORKERS = 3;
const TASKS = 150;
const MB = 1e6;
const SEED = Number(process.env.TOKIWA_SEED ?? Date.now() % 1e9);
const journals = new Gate();

describe("a worker that dies with portable tasks in flight", () => {
  test(`settles every handle and is replaced, seed ${SEED}`, async () => {
    const lost: LostWorker[] = [];
    const random = seeded(SEED);
    await using runtime = await Runtime.create({
      workerThreads: WORKERS,
      onWorkerLost: (worker) => lost.push(worker),
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 8 },
    });
    const tally = { done: 0, lost: 0 };
    let warm: ReturnType<typeof footprint> | undefined;
    for (let round = 1; round <= ROUNDS; round++) {
      const ended = await inFlight(
        runtime,
        deathOf(round),
        random,
        journals.mark(`round-${round}`),
      );
      for (const key of ["done", "lost"] as const) tally[key] += ended[key];
      await until(() => lost.length === round);
      await everyWorkerWorks(runtime);
      await until(() => runtime.metrics.aliveTasks === 0);
      expect(runtime.metrics.pendingWaits).toBe(0);
      if (round === ROUNDS / 2) warm = footprint(runtime);
    }
    const left = footprint(runtime);
    console.log(`killed ${ROUNDS}: ${JSON.stringify({ ...tally, half: warm, end: left })}`);
    expect(left.descriptors).toBe(warm?.descriptors);
    expect(left.shared).toBeLessThanOrEqual((warm?.shared ?? 0) + 64 * 1024);
    expect(left.rss).toBeLessThan((warm?.rss ?? 0) + 60 * MB);
  });
});

/** A few rounds end at the heap limit, which takes a while. */
function deathOf(round: number): PortableTask<[], unknown> {
  if (round % 25 === 0) return deaths.gorge as PortableTask<[], unknown>;
  const quick = [deaths.exit, deaths.exitLater, deaths.throwFromTimer];
  return quick[round % quick.length] as PortableTask<[], unknown>;
}

/** Has one worker die amid many tasks. Each comes to its value, or is lost and had begun. */
async function inFlight(
  runtime: Runtime,
  death: PortableTask<[], unknown>,
  random: () => number,
  journal: string,
) {
  writeFileSync(journal, "");
  const doomed = Math.floor(random() * TASKS);
  let dying: Promise<unknown> | undefined;
  const handles = Array.from({ length: TASKS }, (_, number) => {
    if (number === doomed) dying = rejection(runtime.spawn(death));
    return runtime.spawn(deaths.work, journal, number);
  });
  const outcomes = await Promise.all(
    handles.map((handle) =>
      handle.then(
        (value) => value as unknown,
        (reason: unknown) => reason,
      ),
    ),
  );
  expect(await dying).toMatchObject({ isWorkerLost: true });
  const begun = new Set(readFileSync(journal, "utf8").split("\n").map(Number));
  for (const [number, outcome] of outcomes.entries()) {
    if (outcome instanceof JoinError) {
      expect(outcome).toMatchObject({ isWorkerLost: true });
      expect(begun.has(number), `${number} was lost without having begun`).toBe(true);
    } else expect(outcome).toBe(number * 3);
  }
  const done = outcomes.filter((outcome) => typeof outcome === "number").length;
  return { done, lost: TASKS - done };
}

async function everyWorkerWorks(runtime: Runtime): Promise<void> {
  const seen = new Set<number>();
  await untilAsync(async () => {
    const handles = Array.from({ length: 8 }, () => runtime.spawn(deaths.where));
    for (const handle of handles) seen.add(Number(await handle));
    return seen.size === WORKERS;
  });
}

function footprint(runtime: Runtime) {
  const { pid } = process;
  return {
    descriptors: descriptorsOf(pid),
    shared: runtime.metrics.memoryBytes,
    rss: residentBytesOf(pid),
  };
}

describe("a worker that dies while it serves connections", () => {
  test(`leaves the listener to go on, and is replaced, seed ${SEED}`, async () => {
    const random = seeded(SEED);
    const env = { TOKIWA_WORKER_THREADS: `${WORKERS}` };
    const server = observed("test/stress/fixtures/mortal-server.mjs", { env });
    const port = await server.port();
    let warm: Awaited<ReturnType<typeof restingServer>> | undefined;
    for (let round = 1; round <= ROUNDS; round++) {
      await deathAmidConnections(server, port, round, random);
      if (round === ROUNDS / 2) warm = await restingServer(server);
    }
    const left = await restingServer(server);
    console.log(`killed ${ROUNDS} servers: ${JSON.stringify({ half: warm, end: left })}`);
    expect(left.counts).toEqual(warm?.counts);
    expect(left.shared).toBeLessThanOrEqual((warm?.shared ?? 0) + 64 * 1024);
    expect(left.rss).toBeLessThan((warm?.rss ?? 0) + 60 * MB);
  });
});

interface Served {
  readonly client: Client;
  readonly worker: number;
}

async function connected(port: number): Promise<Served> {
  const client = await Client.connect(port);
  return { client, worker: Number(await client.take(1)) };
}

/** Kills the worker of one connection: its others are reset, those of other workers go on. */
async function deathAmidConnections(
  server: Program,
  port: number,
  round: number,
  random: () => number,
): Promise<void> {
  const served = await onEveryWorker(port);
  const victim = served[Math.floor(random() * served.length)] as Served;
  victim.client.send(`die of ${random() < 0.5 ? "exit" : "throw"}`);
  const others = served.filter(({ worker }) => worker !== victim.worker);
  // While the worker dies: those of the others go on, and new ones are served.
  await Promise.all([
    ...others.map(async ({ client }) => expect(await client.roundTrip("on")).toBe("on")),
    server.line(new RegExp(`^lost ${round}$`)),
    until(() => victim.client.hasEnded),
  ]);
  for (const { client, worker } of served) {
    if (worker === victim.worker) await until(() => client.hasEnded);
    else expect(await client.roundTrip("still")).toBe("still");
  }
  const later = await onEveryWorker(port);
  for (const { client } of [...others, ...later]) await client.finish();
}

/** Opens connections until every worker has one. */
async function onEveryWorker(port: number): Promise<Served[]> {
  const served: Served[] = [];
  await untilAsync(async () => {
    served.push(...(await Promise.all(Array.from({ length: WORKERS }, () => connected(port)))));
    return new Set(served.map(({ worker }) => worker)).size === WORKERS;
  });
  return served;
}

async function restingServer(server: Program) {
  let figures!: Figures;
  await untilAsync(async () => {
    figures = await server.ask<Figures>("figures");
    return figures.connections === 0 && figures.pendingWaits === WORKERS;
  });
  const { aliveTasks, sockets, memoryBytes } = figures;
  const counts = { aliveTasks, sockets, descriptors: descriptorsOf(server.pid) };
  return { counts, shared: memoryBytes, rss: residentBytesOf(server.pid) };
}
