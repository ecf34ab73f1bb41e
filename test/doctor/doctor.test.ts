import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { descriptorAdvice, type Facts } from "../../src/doctor/facts.ts";
import { reportLines } from "../../src/doctor/report.ts";
import type { Finding } from "../../src/doctor/self-test.ts";

const FACTS: Facts = {
  platform: "node",
  engine: "Node 20.20.2, V8 11.3",
  system: "linux x64",
  cores: 2,
  cpu: "A CPU",
  sharesMemory: true,
  mayBlock: true,
  reactor: "std",
  reactorReason: "koffi is not there",
  clockStepUs: 0.05,
  descriptors: { soft: 1024, hard: 20_000 },
};

/** Runs `tokiwa doctor` with so many descriptors. */
async function examined(limit: number, args: string, env: NodeJS.ProcessEnv = {}) {
  const command = `ulimit -n ${limit}; exec "${process.execPath}" dist/cli.js doctor ${args}`;
  const { stdout, stderr } = await promisify(execFile)("sh", ["-c", command], {
    env: { ...process.env, ...env },
  });
  expect(stderr).toBe("");
  return stdout;
}

describe("tokiwa doctor", { timeout: 60_000 }, () => {
  test("--json gives facts and figures, and nothing has failed", async () => {
    const { selfTest, ...facts } = JSON.parse(await examined(512, "--json"));
    expect(facts).toMatchObject({ platform: "node", sharesMemory: true, mayBlock: true });
    expect(facts.engine).toContain(process.versions.node);
    if (process.platform === "linux") expect(facts.descriptors.soft).toBe(512);
    expect(selfTest.map(({ name }: Finding) => name)).toEqual([
      ...["start", "spawn", "steal", "timer", "channel", "echo"],
    ]);
    for (const { name, figures, problem, skipped } of selfTest as Finding[]) {
      expect([name, problem]).toEqual([name, undefined]);
      if (skipped === undefined) expect(Object.values(figures)[0]).toBeGreaterThan(0);
    }
  });

  test("prints which reactor runs, and why", async () => {
    const text = await examined(512, "", { TOKIWA_REACTOR: "std" });
    expect(text).toMatch(/^ {2}reactor +std: TOKIWA_REACTOR asks for it$/m);
    expect(text).toMatch(/^ {2}echo +[\d,]+ a second +32 bytes over the loopback and back$/m);
  });
});

test("descriptorAdvice says what to type, or that it takes somebody else", () => {
  expect(descriptorAdvice({ soft: 1024, hard: 20_000 })).toContain("ulimit -n 20000");
  expect(descriptorAdvice({ soft: 1024, hard: 1024 })).toContain("administrator");
  expect(descriptorAdvice({ soft: 1024, hard: Number.POSITIVE_INFINITY })).toContain("65536");
  expect(descriptorAdvice({ soft: 20_000, hard: 20_000 })).toBeUndefined();
});

test("reportLines shows what failed, and what was not run", () => {
  const findings: Finding[] = [
    { name: "steal", figures: {}, skipped: "there is one worker" },
    { name: "echo", figures: {}, problem: "other bytes came back" },
  ];
  const lines = reportLines({ ...FACTS, sharesMemory: false, descriptors: undefined }, findings);
  const text = lines.join("\n");
  expect(text).toContain("no: there is one thread");
  expect(text).toContain("std: koffi is not there");
  expect(text).toContain("nobody tells the limit here");
  expect(text).toContain("skipped: there is one worker");
  expect(text).toContain("FAILED: other bytes came back");
});
