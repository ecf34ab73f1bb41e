import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { GuestTask } from "tokiwa";
import { buildGuest } from "tokiwa/build";
import type { JoinError } from "tokiwa/error";
import { Runtime } from "tokiwa/runtime";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rejection } from "../support/waiting.ts";

type Tasks = Record<string, GuestTask<[value: number], unknown>>;

const entry = fileURLToPath(new URL("./fixtures/traps.ts", import.meta.url));
let folder: string;
let runtime: Runtime;
let lines: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tokiwa-traps-"));
  runtime = await Runtime.create({ workerThreads: 2 });
  lines = (await readFile(entry, "utf8")).split("\n");
});

afterAll(async () => {
  await runtime.shutdown();
  await rm(folder, { recursive: true, force: true });
});

/** The number of the line that has this text in it. */
const lineOf = (text: string) => lines.findIndex((line) => line.includes(text)) + 1;

const TRAPS: [task: string, value: number, line: string, message: string][] = [
  ["failed", 1, "value > 5", "value is small at traps.ts:5:3"],
  ["unreached", 0, "unreachable()", "unreachable"],
  ["outOfBounds", 0xffff_fff0, "load<i32>", "memory access out of bounds"],
  ["divided", 0, "100 / by", "divide by zero"],
  ["item", 7, "return list[at]", "Index out of range in traps/item"],
  ["repeated", -1, '"abc".repeat', "Invalid length at traps.ts:"],
  ["bottomless", 0, "bottomless(depth + 1)", "Maximum call stack size exceeded"],
];

test.each([true, false])(
  "a trap names function and line, in a build with debug: %s",
  async (debug) => {
    const outFile = join(folder, `traps-${debug}.wasm`);
    await buildGuest({ entry, outFile, debug, slot: debug ? 1 : 2 });
    const tasks = await runtime.load<Tasks>(pathToFileURL(outFile));
    for (const [name, value, text, message] of TRAPS) {
      const task = tasks[name] as GuestTask<[number], unknown>;
      const { cause } = (await rejection(runtime.spawn(task, value))) as JoinError;
      expect((cause as Error).message).toContain(message);
      // The library's line, if its function was inlined.
      const isInlined = name === "item";
      const place = isInlined ? "~lib/array.ts:114" : `traps.ts:${lineOf(text)}`;
      expect((cause as Error).stack).toMatch(new RegExp(`at traps/\\w+ \\(${place}\\)`));
      expect((cause as Error).stack).not.toMatch(/^ +at wasm:/m);
    }
  },
  120_000,
);
