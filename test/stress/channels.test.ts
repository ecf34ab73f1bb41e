/** Channels between four real workers, with waits that are given up at any moment. */
import { codec, mpsc, oneshot, Runtime, spawn } from "tokiwa";
import { expect, test } from "vitest";
import { levelsOff } from "../support/leaks.ts";
import { seeded } from "../support/random.ts";
import { until } from "../support/waiting.ts";
import { answer, ask, consume, drain, pour, produce } from "./fixtures/channel-tasks.mjs";

const SEED = Number(process.env.TOKIWA_SEED ?? Date.now() % 1e9);
const SECONDS = Number(process.env.TOKIWA_STRESS_SECONDS ?? 5);
const WORKERS = 4;
const PRODUCERS = 4;
const MESSAGES = 500;
const TIMEOUT = SECONDS * 1000 + 60_000;

/** Tests on four workers for some seconds; nothing may be left then. */
async function onWorkers(round: (below: (limit: number) => number) => Promise<void>) {
  await using runtime = await Runtime.create({ workerThreads: WORKERS });
  const random = seeded(SEED);
  const below = (limit: number) => Math.floor(random() * limit);
  const end = Date.now() + SECONDS * 1000;
  const act = () => runtime.run(() => round(below));
  while (Date.now() < end) await act();
  await levelsOff(runtime.metrics, act);
  await until(() => runtime.metrics.aliveTasks === 0);
}

/** A producer's numbers, as they came. */
function ofProducer(seen: readonly number[], producer: number): number[] {
  return seen.filter((number) => Math.floor(number / MESSAGES) === producer);
}

/** What came, and the receiver. */
type Taken = [some: number[], receiver: mpsc.Receiver<number>];

const asTaken = (parts: unknown[]) => parts as Taken;

/** All numbers up to the channel's end: each consumer takes some, and passes the receiver on. */
async function takeAll(
  receiver: mpsc.Receiver<number>,
  take: (end: mpsc.Receiver<number>, most: number) => PromiseLike<Taken>,
  howMany: () => number,
): Promise<number[]> {
  const seen: number[] = [];
  let end = receiver;
  for (let wanted = 1, got = 1; got === wanted; ) {
    wanted = howMany();
    const [some, next] = await take(end, wanted);
    got = some.length;
    seen.push(...some);
    end = next;
  }
  end[Symbol.dispose]();
  return seen;
}

/** Nothing is lost, nothing is there twice, and each producer's numbers are in order. */
function expectAll(seen: readonly number[]): void {
  expect(seen).toHaveLength(PRODUCERS * MESSAGES);
  for (let producer = 0; producer < PRODUCERS; producer++) {
    const all = Array.from({ length: MESSAGES }, (_, at) => producer * MESSAGES + at);
    expect(ofProducer(seen, producer)).toEqual(all);
  }
}

test(
  `mpsc: loses nothing, brings nothing twice, keeps the order, seed ${SEED}`,
  {
    timeout: TIMEOUT,
  },
  () =>
    onWorkers(async (below) => {
      const { sender, receiver } = mpsc.channel(1 + below(20), codec.u32);
      const producing = Array.from({ length: PRODUCERS }, (_, at) =>
        spawn(produce, sender.clone(), at * MESSAGES, (at + 1) * MESSAGES, below(2 ** 31)),
      );
      sender[Symbol.dispose]();
      const take = (end: mpsc.Receiver<number>, most: number) =>
        spawn(consume, end, most, below(2 ** 31)).then(asTaken);
      const seen = await takeAll(receiver, take, () => 1 + below(800));
      await Promise.all(producing);
      expectAll(seen);
    }),
);

test(
  `recvMany: the same by the batch, of numbers and of blocks, seed ${SEED}`,
  {
    timeout: TIMEOUT,
  },
  () =>
    onWorkers(async (below) => {
      const isBlock = below(2) === 0;
      const kind = (isBlock ? codec.array(codec.f64, 2) : codec.u32) as typeof codec.u32;
      const { sender, receiver } =
        below(3) === 0 ? mpsc.unboundedChannel(kind) : mpsc.channel(1 + below(200), kind);
      const pouring = Array.from({ length: PRODUCERS }, (_, at) => {
        const [from, to] = [at * MESSAGES, (at + 1) * MESSAGES];
        return spawn(pour, sender.clone(), from, to, isBlock, below(2 ** 31));
      });
      sender[Symbol.dispose]();
      const take = (end: mpsc.Receiver<number>, most: number) =>
        spawn(drain, end, most, below(2 ** 31)).then(asTaken);
      const seen = await takeAll(receiver, take, () => 1 + below(1000));
      await Promise.all(pouring);
      expectAll(seen);
    }),
);

test(
  `oneshot: what was sent is received, and nothing else, seed ${SEED}`,
  {
    timeout: TIMEOUT,
  },
  () =>
    onWorkers(async (below) => {
      const pairs = Array.from({ length: 100 }, async (_, number) => {
        const { sender, receiver } = oneshot.channel(codec.u32);
        const answering = spawn(answer, sender, number, below(2 ** 31));
        const heard = await spawn(ask, receiver, below(2 ** 31));
        return [await answering, heard, number] as const;
      });
      for (const [isSent, heard, number] of await Promise.all(pairs)) {
        // A receiver that is disposed does not hear what was sent before.
        if (heard === undefined) continue;
        expect([isSent, heard]).toEqual([true, number]);
      }
    }),
);
