import { createServer } from "node:net";
import { availableParallelism } from "node:os";
import { describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { Program } from "../support/program.ts";
import { until } from "../support/waiting.ts";

const TRAFFIC = /^\d+ connections {2}\d+ requests\/s {2}[\d.]+ MB\/s {2}\d+ tasks {2}poll /;
const file = "examples/echo-server.js";
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(["linux", "std"])("echo-server on the %s reactor", (reactor) => {
  const env = { TOKIWA_REACTOR: reactor, TOKIWA_WORKER_THREADS: "2" };

  test("sends back what it is sent, to each its own", async () => {
    const port = await new Program(file, [], { env }).port();
    const clients = await Promise.all(Array.from({ length: 20 }, () => Client.connect(port)));
    for (let round = 0; round < 5; round++) {
      const texts = clients.map((_, index) => `${index}:${round}:`.repeat(1 + index * 400));
      const answers = await Promise.all(clients.map((c, index) => c.roundTrip(texts[index] ?? "")));
      expect(answers).toEqual(texts);
    }
    for (const client of clients) await client.finish();
  });

  test("says which reactor and how many workers, and ends at once on SIGINT", async () => {
    const program = new Program(file, [], { env });
    const { input: line } = await program.line(/^echo on /);
    expect(line).toMatch(
      new RegExp(`^echo on 127\\.0\\.0\\.1:\\d+: 2 workers, ${reactor} reactor$`),
    );
    const client = await Client.connect(await program.port());
    expect(await client.roundTrip("x")).toBe("x");
    program.kill("SIGINT");
    expect(await program.ended).toEqual({ code: null, signal: "SIGINT" });
    expect(program.errors).toBe("");
  });

  test("prints a line a second while there is traffic, and none without", async () => {
    const program = new Program(file, [], { env });
    const client = await Client.connect(await program.port());
    expect(program.lines).toHaveLength(1);
    const begin = performance.now();
    let trips = 0;
    while (program.lines.length < 4) {
      expect(await client.roundTrip("ping")).toBe("ping");
      trips += 1;
      await pause(5);
    }
    const seconds = (performance.now() - begin) / 1000;
    // Three lines: the first may have come at any moment of the first second.
    expect(seconds).toBeGreaterThan(1.9);
    const reports = program.lines.slice(1, 4);
    for (const report of reports) expect(report).toMatch(TRAFFIC);
    for (const report of reports) expect(report).toMatch(/^1 connections /);
    const counted = reports.map((report) => Number(/(\d+) requests/.exec(report)?.[1]));
    expect(counted.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(trips);
    expect(Math.min(...counted.slice(1))).toBeGreaterThan(0);
    // That nothing comes can only be seen by waiting; the running second may still be told of.
    await pause(1100);
    const told = program.lines.length;
    expect(told).toBeLessThanOrEqual(5);
    await pause(1500);
    expect(program.lines).toHaveLength(told);
  });
});

test("echo-server starts a worker for every core", async () => {
  const program = new Program(file);
  const { input: line } = await program.line(/^echo on /);
  expect(line).toContain(`: ${availableParallelism()} workers, linux reactor`);
});

test("echo-server says so if its port is in use", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await until(() => holder.listening);
  const { port } = holder.address() as { port: number };
  const program = new Program(file, [], { env: { PORT: `${port}` } });
  const { code } = await program.ended;
  holder.close();
  expect(code).toBe(1);
  expect(program.errors).toContain("EADDRINUSE");
  expect(program.errors).toContain(`${port}`);
});
