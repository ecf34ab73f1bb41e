#!/usr/bin/env node
/**
 * The command `tokiwa`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { GuestBuildError } from "../../error/guest-build.ts";
import { type BuildOptions, type BuiltGuest, buildGuest } from "./build.ts";
import { watchGuest } from "./watch.ts";

const USAGE = `Usage: tokiwa build <guest.ts> -o <guest.wasm> [options]

Compiles AssemblyScript into a module of Wasm tasks for runtime.load.

  -o, --out FILE   the module; FILE.map and FILE.d.ts stand beside it
      --debug      optimise less, for traces that stay close to the source
      --slot N     where the static data goes, 0 to 15: one for each guest of a runtime
      --wasi       console, Date, process and so on by way of @assemblyscript/wasi-shim
      --watch      build again whenever a source changes
`;

/** A command that cannot be made out. */
class Misuse extends Error {}

try {
  await run(process.argv.slice(2));
} catch (error) {
  fail(error as Error);
}

async function run(args: string[]): Promise<void> {
  const { values, positionals } = parsed(args);
  const { out: outFile, debug, wasi, watch } = values;
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
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

function parsed(args: string[]) {
  const options = {
    args,
    allowPositionals: true,
    options: {
      out: { type: "string", short: "o" },
      debug: { type: "boolean", default: false },
      slot: { type: "string" },
      wasi: { type: "boolean", default: false },
      watch: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  } as const;
  try {
    return parseArgs(options);
  } catch (error) {
    throw new Misuse((error as Error).message);
  }
}

/** The guest's file, of a command that is complete. */
function entryIn([command, entry, ...rest]: string[]): string {
  if (command === undefined) throw new Misuse("a command is missing");
  if (command !== "build") throw new Misuse(`there is no command "${command}"`);
  if (entry === undefined) throw new Misuse("the guest's file is missing");
  if (rest.length > 0) throw new Misuse(`one guest at a time, got ${rest.join(", ")} as well`);
  return entry;
}

function report(outFile: string, { tasks, bytes }: BuiltGuest): void {
  const size = (bytes / 1024).toFixed(1);
  process.stdout.write(`${outFile}: ${size} KiB, tasks: ${tasks.join(", ") || "none"}\n`);
}

/** People get the message; what is no fault of theirs comes with its stack. */
function fail(error: Error): void {
  if (error instanceof Misuse) {
    process.stderr.write(`tokiwa: ${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const isTheirs = error instanceof GuestBuildError || error.message.startsWith("Cannot build");
  process.stderr.write(`${isTheirs ? error.message : (error.stack ?? error.message)}\n`);
  process.exitCode = 1;
}
