/**
 * Builds a guest into files.
 *
 * @module
 */

import { mkdir, rename, writeFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { compile } from "./compile.ts";
import { freeSlot, slotsBeside } from "./slots.ts";

/** What to build, into which files, and how. */
export interface BuildOptions {
  /** The AssemblyScript file whose exported functions are the tasks. */
  readonly entry: string;
  /** The module, `*.wasm`. Its source map and its declarations stand beside it. */
  readonly outFile: string;
  /** Optimises less, for traces that stay close to the source. */
  readonly debug?: boolean | undefined;
  /**
   * Where the guest's static data goes in the runtime's memory: 0 to 15. Guests of one runtime need
   * one each; by default, the file's name decides, and which ones guests in the same folder have.
   */
  readonly slot?: number | undefined;
  /**
   * Has the guest's `console`, `Date`, `crypto`, `performance`, `process` and `Math.random` go by
   * way of WASI. Needs the package `@assemblyscript/wasi-shim`.
   */
  readonly wasi?: boolean | undefined;
}

/** What came of a build. */
export interface BuiltGuest {
  /** The names of its tasks. */
  readonly tasks: readonly string[];
  /** The size of the module. */
  readonly bytes: number;
  /** Every file that was read, as absolute paths. */
  readonly inputs: readonly string[];
}

/**
 * Compiles an AssemblyScript file into a guest for `runtime.load`: `x.wasm`, `x.wasm.map` and
 * `x.wasm.d.ts`. Needs the package `assemblyscript`.
 *
 * **Cancel safety.** Cannot be given up. Each file is replaced as a whole, and none if it fails.
 *
 * @throws {GuestBuildError} If the source is at fault.
 * @throws {RangeError} If `slot` is none.
 */
export function buildGuest(options: BuildOptions): Promise<BuiltGuest> {
  return buildNoting(options, new Set());
}

/** The same; `inputs` receives the files that were read, also if it fails. */
export async function buildNoting(
  { entry, outFile, debug, slot: wanted, wasi }: BuildOptions,
  inputs: Set<string>,
): Promise<BuiltGuest> {
  const name = basename(outFile);
  if (!name.endsWith(".wasm")) {
    throw new TypeError(`Cannot build guest: outFile must end in .wasm, got ${outFile}`);
  }
  const slot = wanted ?? freeSlot(name, await slotsBeside(outFile));
  const { wasm, map, declarations, tasks } = await compile(
    { entry, name, debug, slot, wasi },
    inputs,
  );
  await mkdir(dirname(resolve(outFile)), { recursive: true });
  await replace(`${outFile}.map`, map);
  await replace(`${outFile}.d.ts`, declarations);
  await replace(outFile, wasm);
  return { tasks, bytes: wasm.byteLength, inputs: [...inputs] };
}

/** So that nobody ever reads half of a file. */
async function replace(path: string, contents: string | Uint8Array): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, contents);
  await rename(draft, path);
}
