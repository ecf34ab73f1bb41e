/**
 * `tokiwa build`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { type BuildOptions, type BuiltGuest, buildGuest } from "../guest/build/build.ts";
import { watchGuest } from "../guest/build/watch.ts";
import { Misuse, orMisuse } from "./misuse.ts";

const OPTIONS = {
  out: { type: "string", short: "o" },
  debug: { type: "boolean", default: false },
  slot: { type: "string" },
  wasi: { type: "boolean", default: false },
  watch: { type: "boolean", default: false },
} as const;

/** Builds a guest once, or until the process ends: `fail` is then told of what goes wrong. */
export async function build(args: string[], fail: (error: Error) => void): Promise<void> {
  const { values, positionals } = orMisuse(() =>
    parseArgs({ args, options: OPTIONS, allowPositionals: true }),
  );
  const { out: outFile, debug, wasi, watch } = values;
  const entry = entryIn(positionals);
  if (outFile === undefined) throw new Misuse("-o FILE is missing");
  const slot = values.slot === undefined ? undefined : Number(values.slot);
  const options: BuildOptions = { entry, outFile, debug, slot, wasi };
  if (!watch) {
    report(outFile, await buildGuest(options));
    return;
  }
  watchGuest(options, (result) => {
    if (result instanceof Error) fail(result);
    else report(outFile, result);
  });
}

/** The guest's file, of a command that is complete. */
function entryIn([entry, ...rest]: string[]): string {
  if (entry === undefined) throw new Misuse("the guest's file is missing");
  if (rest.length > 0) throw new Misuse(`one guest at a time, got ${rest.join(", ")} as well`);
  return entry;
}

function report(outFile: string, { tasks, bytes }: BuiltGuest): void {
  const size = (bytes / 1024).toFixed(1);
  process.stdout.write(`${outFile}: ${size} KiB, tasks: ${tasks.join(", ") || "none"}\n`);
}
