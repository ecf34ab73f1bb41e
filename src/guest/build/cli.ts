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

try {
  await run(process.argv.slice(2));
} catch (error) {
  fail(error as Error);
}

async function run(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
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
  });
  const [command, entry, ...rest] = positionals;
  const { out: outFile, debug, wasi, watch } = values;
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  if (command !== "build" || entry === undefined || outFile === undefined || rest.length > 0) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
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

function report(outFile: string, { tasks, bytes }: BuiltGuest): void {
  const size = (bytes / 1024).toFixed(1);
  process.stdout.write(`${outFile}: ${size} KiB, tasks: ${tasks.join(", ") || "none"}\n`);
}

/** People get the message; what is no fault of theirs comes with its stack. */
function fail(error: Error): void {
  const isTheirs = error instanceof GuestBuildError || error.message.startsWith("Cannot build");
  process.stderr.write(`${isTheirs ? error.message : (error.stack ?? error.message)}\n`);
  process.exitCode = 1;
}
