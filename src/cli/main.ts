#!/usr/bin/env node
/**
 * The command `tokiwa`.
 *
 * @module
 */

import { GuestBuildError } from "../error/guest-build.ts";
import { Misuse } from "./misuse.ts";

const USAGE = `Usage: tokiwa build <guest.ts> -o <guest.wasm> [options]
       tokiwa doctor [--json]

build compiles AssemblyScript into a module of Wasm tasks for runtime.load.

  -o, --out FILE   the module; FILE.map and FILE.d.ts stand beside it
      --debug      optimise less, for traces that stay close to the source
      --slot N     where the static data goes, 0 to 15: one for each guest of a runtime
      --wasi       console, Date, process and so on by way of @assemblyscript/wasi-shim
      --watch      build again whenever a source changes

doctor says what this machine gives to a runtime, and tests for two seconds whether all of it works.

      --json       for programs
`;

const HELP = ["-h", "--help"];

try {
  await run(process.argv.slice(2));
} catch (error) {
  fail(error as Error);
}

/** *Why imports at need*: the compiler of guests is large, and doctor starts workers. */
async function run(args: string[]): Promise<void> {
  const [command, ...rest] = args;
  if (args.some((arg) => HELP.includes(arg))) process.stdout.write(USAGE);
  else if (command === undefined) throw new Misuse("a command is missing");
  else if (command === "build") await (await import("./build.ts")).build(rest, fail);
  else if (command === "doctor") await (await import("./doctor.ts")).doctor(rest);
  else throw new Misuse(`there is no command "${command}"`);
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
