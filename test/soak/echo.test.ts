/** The echo server under connections that come and go, for as long as TOKIWA_SOAK_SECONDS says. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { binaries, ensure } from "../../bench/peers/build.mjs";
import { type Figures, observed } from "../support/observed.ts";
import { descriptorsOf, type Program, residentBytesOf } from "../support/program.ts";
import { untilAsync } from "../support/waiting.ts";

const SECONDS = Number(process.env.TOKIWA_SOAK_SECONDS ?? 60);
const CONNECTIONS = 2000;
const MB = 1e6;
const run = promisify(execFile);

interface Found {
  readonly answers: number;
  readonly opened: number;
  readonly resets: number;
  readonly errors: number;
  readonly corrupt: number;
  readonly rps: number;
}

interface Sample {
  readonly at: number;
  readonly rss: number;
  readonly shared: number;
}

beforeAll(() => {
  expect(ensure("c"), "the load generator cannot be built").toBeUndefined();
});

/** Puts the load generator on the server: connections of some 20 round trips; some are reset. */
async function load(port: number, seconds: number): Promise<Found> {
  const churn = ["churn", "--trips", "20", "--reset-every", "50", "--max", "5000000"];
  const target = [`127.0.0.1:${port}`, `${CONNECTIONS}`, `${seconds}`, "128", "2"];
  const { stdout } = await run(binaries.netload, [...target, ...churn]);
  return JSON.parse(stdout) as Found;
}

/** Waits until no connection is left, and says what is. */
async function atRest(program: Program) {
  let figures!: Figures;
  await untilAsync(async () => {
    figures = await program.ask<Figures>("figures");
    return figures.connections === 0 && figures.sockets <= 1 + figures.pollCounts.length;
  });
  const { aliveTasks, pendingWaits, sockets, memoryBytes } = figures;
  const heaps = await program.ask<number[]>("heaps");
  const descriptors = descriptorsOf(program.pid);
  return { counts: { aliveTasks, pendingWaits, sockets, descriptors }, memoryBytes, heaps };
}

async function sampleUntil(program: Program, isOver: () => boolean): Promise<Sample[]> {
  const samples: Sample[] = [];
  while (!isOver()) {
    const { memoryBytes } = await program.ask<Figures>("figures");
    const rss = residentBytesOf(program.pid);
    samples.push({ at: performance.now(), rss, shared: memoryBytes });
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return samples;
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const inMb = (bytes: number) => (bytes / MB).toFixed(2);

test.each(["linux"])(
  `a soak of ${SECONDS} s leaves nothing behind on the %s reactor`,
  async (reactor) => {
    const env = { TOKIWA_REACTOR: reactor };
    const program = observed("examples/echo-server.js", { env, flags: ["--expose-gc"] });
    const port = await program.port();
    await load(port, 3);
    const before = await atRest(program);

    let isOver = false;
    const loading = load(port, SECONDS).finally(() => {
      isOver = true;
    });
    const samples = await sampleUntil(program, () => isOver);
    const found = await loading;
    const after = await atRest(program);

    const third = Math.floor(samples.length / 3);
    const [second, last] = [samples.slice(third, 2 * third), samples.slice(2 * third)];
    const rss = [second, last].map((part) => mean(part.map((sample) => sample.rss)));
    const shared = [second, last].map((part) => Math.max(...part.map((sample) => sample.shared)));
    console.log(
      `${reactor}: ${found.opened} connections, ${found.resets} reset, ${found.answers} answers, ` +
        `${Math.round(found.answers / SECONDS)}/s; RSS ${rss.map(inMb).join(" → ")} MB, ` +
        `shared ${shared.map(inMb).join(" → ")} MB, ` +
        `heaps ${before.heaps.map(inMb).join(" ")} → ${after.heaps.map(inMb).join(" ")} MB, ` +
        `left ${JSON.stringify(after.counts)}`,
    );
    expect(found).toMatchObject({ errors: 0, corrupt: 0 });
    expect(found.opened).toBeGreaterThan(CONNECTIONS);
    expect(after.counts).toEqual(before.counts);
    // How many tasks are alive at once varies a little, and with it the high-water mark.
    expect(shared[1]).toBeLessThan((shared[0] as number) * 1.1 + MB);
    expect(after.memoryBytes).toBeLessThan(before.memoryBytes * 1.5 + MB);
    expect(rss[1]).toBeLessThan((rss[0] as number) * 1.1 + 8 * MB);
    for (const [index, bytes] of after.heaps.entries()) {
      expect(bytes, `heap ${index}`).toBeLessThan((before.heaps[index] as number) + 3 * MB);
    }
    expect(program.errors).toBe("");
  },
  (SECONDS + 60) * 1000,
);
