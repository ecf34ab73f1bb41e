/**
 * `tokiwa doctor`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { orMisuse } from "./misuse.ts";

const OPTIONS = { json: { type: "boolean", default: false } } as const;

/** Prints the report. The process ends with 1 if a part of the self-test has failed. */
export async function doctor(args: string[]): Promise<void> {
  const { values } = orMisuse(() => parseArgs({ args, options: OPTIONS }));
  const { examine } = await import("../doctor/doctor.ts");
  if (!(await examine(values.json))) process.exitCode = 1;
}
