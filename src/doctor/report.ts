/**
 * The report as people read it.
 *
 * @module
 */

import { descriptorAdvice, type Facts } from "./facts.ts";
import type { Finding } from "./self-test.ts";

const yesNo = (fact: boolean) => (fact ? "yes" : "no");
const whole = (value: number) => Math.round(value).toLocaleString("en-US");

/** What a figure is called, and how it is written. */
const WORDING: Record<string, (value: number) => string> = {
  ms: (value) => `${whole(value)} ms`,
  workers: (value) => (value === 1 ? "1 worker" : `${value} workers`),
  perSecond: (value) => `${whole(value)} a second`,
  stolenPercent: (value) => `${whole(value)} % elsewhere`,
  speedup: (value) => `${value.toFixed(1)} × one worker`,
  medianLateMs: (value) => `${value.toFixed(2)} ms late`,
  p99LateMs: (value) => `1 in 100 ${value.toFixed(2)} ms`,
};

/** Failures may be longer than the column of figures. */
const FIGURES_MAX = 40;

/** What is counted, for those who do not know the names. */
const ABOUT: Record<string, string> = {
  start: "a runtime, until all workers have run a task",
  spawn: "tasks spawned and joined here",
  steal: "tasks of one worker that others took",
  timer: "sleeps of 5 ms",
  channel: "numbers from another worker",
  echo: "32 bytes over the loopback and back",
};

/** Lines of the report. */
export function reportLines(facts: Facts, findings: readonly Finding[]): string[] {
  const tests = findings.map(({ name, ...found }): Row => [name, outcome(found), ABOUT[name]]);
  const width = Math.max(...tests.map(([, text]) => text.length));
  return [...rows(factRows(facts), 0), "", ...rows(tests, Math.min(width, FIGURES_MAX))];
}

type Row = readonly [name: string, text: string, about?: string | undefined];

function factRows(facts: Facts): Row[] {
  const { descriptors } = facts;
  const advice = descriptors && descriptorAdvice(descriptors);
  const limit = descriptors && `${limitText(descriptors.soft)} of ${limitText(descriptors.hard)}`;
  return [
    ["engine", `${facts.engine}, on ${facts.system}`],
    ["cores", `${facts.cores} (${facts.cpu})`],
    ["shared memory", facts.sharesMemory ? "yes" : "no: there is one thread"],
    ["may block", yesNo(facts.mayBlock)],
    ["reactor", `${facts.reactor}: ${facts.reactorReason}`],
    ["clock", `steps of ${facts.clockStepUs.toFixed(2)} µs`],
    ["descriptors", limit ?? "nobody tells the limit here"],
    ...(advice === undefined ? [] : [["", advice] as const]),
  ];
}

function limitText(limit: number): string {
  return Number.isFinite(limit) ? whole(limit) : "unlimited";
}

function outcome({ figures, problem, skipped }: Omit<Finding, "name">): string {
  if (problem !== undefined) return `FAILED: ${problem}`;
  if (skipped !== undefined) return `skipped: ${skipped}`;
  return Object.entries(figures)
    .map(([name, value]) => WORDING[name]?.(value) ?? `${name} ${value}`)
    .join(", ");
}

function rows(lines: readonly Row[], width: number): string[] {
  const names = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, text, about]) => {
    const line = `  ${name.padEnd(names)}  ${text.padEnd(width)}`;
    return about === undefined ? line.trimEnd() : `${line}  ${about}`;
  });
}
