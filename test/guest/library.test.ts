import type { GuestTask } from "tokiwa";
import { Runtime } from "tokiwa/runtime";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { buildFixture } from "../support/guests.ts";
import { Program } from "../support/program.ts";
import { rejection } from "../support/waiting.ts";

interface Tasks {
  readonly clocks: GuestTask<[], string>;
  readonly random: GuestTask<[count: number], number>;
  readonly leave: GuestTask<[code: number], void>;
}

const LINE = /^<(\d+)\|(\d+)\|x{200}\|(\d+)\.5>$/;
let url: URL;

beforeAll(async () => {
  url = await buildFixture("library");
}, 120_000);

async function load() {
  const runtime = await Runtime.create({ workerThreads: 2 });
  onTestFinished(() => runtime.shutdown());
  return { runtime, tasks: await runtime.load<Tasks>(url) };
}

test("console.log of four workers makes whole lines, and loses none", async () => {
  const program = new Program("test/guest/fixtures/library.mjs", [url.href, "16", "100"], {
    env: { TOKIWA_COLOR: "wörm" },
  });
  expect(await program.ended).toMatchObject({ code: 0 });
  // What a worker prints may come after what another thread printed later.
  const printed = program.lines.flatMap((line) => LINE.exec(line)?.slice(1).join() ?? []);
  const wanted = Array.from({ length: 1600 }, (_, index) => {
    const task = index % 16;
    return `${task},${Math.floor(index / 16)},${task}`;
  });
  expect(printed.sort()).toEqual(wanted.sort());
  expect(program.lines.filter((line) => !LINE.test(line)).sort()).toEqual([
    `${url.href} 16 100 wörm wasm`,
    "trace: numbers 1.5 2",
  ]);
  expect(program.errors).toBe("careful\nwörse\nAssertion failed: seen\n");
}, 30_000);

test("clocks of a guest are the day's, and the runtime's", async () => {
  const { runtime, tasks } = await load();
  const before = Date.now();
  const [day, ...rest] = (await runtime.spawn(tasks.clocks)).split(" ");
  expect(Number(day)).toBeGreaterThanOrEqual(before);
  expect(rest).toEqual(["true", "true"]);
});

test("random numbers of a guest differ, on whatever worker it is", async () => {
  const { runtime, tasks } = await load();
  const runs = Array.from({ length: 4 }, () => runtime.spawn(tasks.random, 1000));
  expect(await Promise.all(runs)).toEqual([0, 0, 0, 0]);
});

test("process.exit of a guest ends its task, with the code as the cause", async () => {
  const { runtime, tasks } = await load();
  for (const code of [0, 3]) {
    expect(await rejection(runtime.spawn(tasks.leave, code))).toMatchObject({
      kind: "panic",
      cause: { message: `The guest called process.exit(${code})`, code },
    });
  }
});
