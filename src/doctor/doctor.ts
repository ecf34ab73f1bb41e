/**
 * `tokiwa doctor`: what this machine and host give a runtime, and whether all of it works.
 *
 * @module
 */

import { collectFacts } from "./facts.ts";
import { reportLines } from "./report.ts";
import { selfTest } from "./self-test.ts";

// Workers import this file for them.
export { burn, burst, numbers, produce } from "./tasks.ts";

/** Prints the report; false if a part of the self-test has failed. */
export async function examine(asJson: boolean): Promise<boolean> {
  const facts = await collectFacts();
  const findings = await selfTest();
  const text = asJson
    ? JSON.stringify({ ...facts, selfTest: findings }, undefined, 2)
    : reportLines(facts, findings).join("\n");
  process.stdout.write(`${text}\n`);
  return findings.every(({ problem }) => problem === undefined);
}
