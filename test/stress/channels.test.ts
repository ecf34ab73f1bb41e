/** Channels between four real workers, with waits that are given up at any moment. */
import { codec, mpsc, oneshot, Runtime, spawn } from "tokiwa";
import { expect, test } from "vitest";
import { seeded } from "../support/random.ts";
import { until } from "../support/waiting.ts";
import { answer, ask, consume, produce } from "./fixtures/channel-tasks.mjs";

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
  let warm = 0;
  for (let at = 0; Date.now() < end || at < 4; at++) {
    await runtime.run(() => round(below));
    if (at === 2) warm = runtime.metrics.memoryBytes;
  }
  await until(() => runtime.metrics.aliveTasks === 0);
  expect(runtime.metrics.memoryBytes).toBeLessThanOrEqual(warm + 256 * 1024);
}

/** A producer's numbers, as they came. */
function ofProducer(seen: readonly number[], producer: number): number[] {
  return seen.filter((number) => Math.floor(number / MESSAGES) === producer);
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
      const seen: number[] = [];
      let end = receiver;
      // Ends with the channel: each consumer takes some, and passes the receiver on.
      for (let wanted = 1, got = 1; got === wanted; ) {
        wanted = 1 + below(800);
        const [some, next] = (await spawn(consume, end, wanted, below(2 ** 31))) as [
          number[],
          mpsc.Receiver<number>,
        ];
        got = some.length;
        seen.push(...some);
        end = next;
      }
      end[Symbol.dispose]();
      await Promise.all(producing);
      expect(seen).toHaveLength(PRODUCERS * MESSAGES);
      for (let producer = 0; producer < PRODUCERS; producer++) {
        const all = Array.from({ length: MESSAGES }, (_, at) => producer * MESSAGES + at);
        expect(ofProducer(seen, producer)).toEqual(all);
      }
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
