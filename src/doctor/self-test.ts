/**
 * A self-test of two seconds: does each part work here, and how fast?
 *
 * @module
 */

import { Runtime, sleep, spawn } from "tokiwa";
import { TcpListener, TcpStream } from "tokiwa/net";
import { burn, burst, numbers, produce } from "./tasks.ts";

/** What one test has found. */
export interface Finding {
  readonly name: string;
  /** What the figures count: the first is the one to look at. */
  readonly figures: Readonly<Record<string, number>>;
  /** What has gone wrong, or why it was not run. */
  readonly problem?: string;
  readonly skipped?: string;
}

type Figures = Record<string, number>;

/** How long each of the five tests runs. */
const TEST_MS = 350;
/** No test takes so long, unless it hangs. */
const TEST_MAX_MS = 10_000;
const BATCH = 100;
const BURN_MS = 1;
const TIMER_MS = 5;
const MESSAGE_BYTES = 32;

/** Runs all tests, one after another. */
export async function selfTest(): Promise<Finding[]> {
  const begin = performance.now();
  const runtime = await Runtime.create({ name: "doctor" });
  const workers = runtime.metrics.workers;
  try {
    await Promise.all(Array.from({ length: workers }, () => runtime.spawn(burn, BURN_MS)));
    const startMs = performance.now() - begin;
    const alone = workers < 2 ? "there is one worker" : undefined;
    const run = (body: () => Promise<Figures>) => () => runtime.run(body);
    return [
      { name: "start", figures: { ms: startMs, workers } },
      await finding("spawn", run(testSpawn)),
      await finding("steal", run(testSteal), alone),
      await finding("timer", run(testTimer)),
      await finding("channel", run(testChannel)),
      await finding("echo", run(testEcho)),
    ];
  } finally {
    await runtime.shutdown({ timeout: 1000 });
  }
}

async function finding(
  name: string,
  body: () => Promise<Figures>,
  skipped?: string,
): Promise<Finding> {
  if (skipped !== undefined) return { name, figures: {}, skipped };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${TEST_MAX_MS} ms`)), TEST_MAX_MS);
  });
  try {
    return { name, figures: await Promise.race([body(), late]) };
  } catch (error) {
    return { name, figures: {}, problem: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Tasks of this thread, spawned and joined in batches. */
async function testSpawn(): Promise<Figures> {
  const perSecond = await ratePerSecond(BATCH, async () => {
    const handles = Array.from({ length: BATCH }, (_, index) => spawn(async () => index));
    const sum = (await Promise.all(handles)).reduce((total, index) => total + index, 0);
    if (sum !== (BATCH * (BATCH - 1)) / 2) throw new Error(`the tasks gave a sum of ${sum}`);
  });
  return { perSecond };
}

/** Tasks that all begin on one worker, and keep whoever runs them busy. */
async function testSteal(): Promise<Figures> {
  const count = Math.round(TEST_MS / BURN_MS);
  const begin = performance.now();
  const { own, ran } = await spawn(burst, count, BURN_MS);
  const tookMs = performance.now() - begin;
  const stolen = ran.filter((index) => index !== own).length;
  if (stolen === 0) throw new Error(`worker ${own} ran all ${count} tasks by itself`);
  return { stolenPercent: (stolen / count) * 100, speedup: (count * BURN_MS) / tookMs };
}

/** How late sleeps end. */
async function testTimer(): Promise<Figures> {
  const lateMs: number[] = [];
  for (let round = 0; round < TEST_MS / TIMER_MS; round++) {
    const begin = performance.now();
    await sleep(TIMER_MS);
    lateMs.push(performance.now() - begin - TIMER_MS);
  }
  lateMs.sort((a, b) => a - b);
  const early = lateMs[0] as number;
  if (early < -1) throw new Error(`a sleep of ${TIMER_MS} ms ended ${-early} ms early`);
  const at = (share: number) => lateMs[Math.floor((lateMs.length - 1) * share)] as number;
  return { medianLateMs: at(0.5), p99LateMs: at(0.99) };
}

/** Numbers from a task on a worker to this one. */
async function testChannel(): Promise<Figures> {
  const { sender, receiver } = numbers();
  const producer = spawn(produce, sender);
  let expected = 0;
  const perSecond = await ratePerSecond(BATCH, async () => {
    for (let index = 0; index < BATCH; index++) {
      const value = await receiver.recv();
      if (value !== expected) throw new Error(`${String(value)} came in place of ${expected}`);
      expected += 1;
    }
  });
  receiver[Symbol.dispose]();
  await producer;
  return { perSecond };
}

/** A connection over the loopback: one message there and back at a time. */
async function testEcho(): Promise<Figures> {
  using listener = await TcpListener.bind("127.0.0.1:0");
  const serving = spawn(async () => {
    const { stream } = await listener.accept();
    using _stream = stream;
    const buffer = new Uint8Array(MESSAGE_BYTES);
    while ((await stream.readExact(buffer).catch(() => 0)) !== 0) await stream.writeAll(buffer);
  });
  using client = await TcpStream.connect(listener.localAddr);
  const message = Uint8Array.from({ length: MESSAGE_BYTES }, (_, index) => index);
  const answer = new Uint8Array(MESSAGE_BYTES);
  const perSecond = await ratePerSecond(1, async () => {
    await client.writeAll(message);
    await client.readExact(answer);
    if (answer.some((byte, index) => byte !== index)) throw new Error("other bytes came back");
  });
  serving.abort();
  return { perSecond };
}

/** How often a second `body`, which does `count` things, does one of them. */
async function ratePerSecond(count: number, body: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  let done = 0;
  do {
    await body();
    done += count;
  } while (performance.now() - begin < TEST_MS);
  return (done * 1000) / (performance.now() - begin);
}
