import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runProgram } from "../support/program.ts";

const folder = new URL("../../examples/", import.meta.url);

test("examples are under 80 lines each, and each has a test", () => {
  const names = readdirSync(folder).filter((name) => name.endsWith(".js"));
  expect(names.sort()).toEqual([
    "echo-server.js",
    "graceful-shutdown.js",
    "hello.js",
    "http-hello.js",
    "parallel-sum.js",
  ]);
  for (const name of names) {
    const lines = readFileSync(new URL(name, folder), "utf8").split("\n").length - 1;
    expect(lines, name).toBeLessThan(80);
  }
});

test("hello spawns, joins in order of the ends, and aborts", async () => {
  const { code, lines, errors } = await runProgram("examples/hello.js");
  expect(errors).toBe("");
  expect(code).toBe(0);
  expect(lines).toEqual([
    "the answer is 42",
    "task 3 slept 10 ms",
    "task 4 slept 20 ms",
    "task 2 slept 30 ms",
    "Cannot wait longer: 20 ms have passed",
    "cleaned up",
    "task 5 was cancelled",
  ]);
});

test("parallel-sum adds up on every worker", async () => {
  const env = { TOKIWA_WORKER_THREADS: "3" };
  const count = 1_000_000;
  const { code, lines, errors } = await runProgram("examples/parallel-sum.js", [`${count}`], {
    env,
  });
  expect(errors).toBe("");
  expect(code).toBe(0);
  const sum = Number(/^sum of 1000000 roots: ([\d.]+)$/.exec(lines[0] ?? "")?.[1]);
  // Euler and Maclaurin's sum of roots, with the zeta constant.
  const exact = (2 / 3) * count ** 1.5 - Math.sqrt(count) / 2 - 0.207886224977;
  expect(Math.abs(sum - exact)).toBeLessThan(0.01);
  expect(lines[1]).toMatch(/^4 tasks on 3 workers in \d+ ms$/);
});
