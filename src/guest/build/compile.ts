/**
 * Compiles a guest with asc, and keeps what comes out of it in memory.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { STATICS_FIRST, STATICS_SLOT } from "../../../assembly/shared/limits.ts";
import { compileGuest, manifestOf } from "../../core/manifest.ts";
import { GuestBuildError, type GuestBuildFinding } from "../../error/guest-build.ts";
import { type Diagnostic, loadAsc } from "./compiler.ts";
import { declarationsOf } from "./declarations.ts";
import type { CalledFunction } from "./functions.ts";
import { withLines } from "./line-table.ts";
import { checkSlot, freeSlot } from "./slots.ts";
import type { Task } from "./tasks.ts";
import { shimArguments } from "./wasi-shim.ts";

/** asc's category of diagnostics that end a build. */
const ERROR = 3;
/** Where asc has files that are not the user's: its own library, and the SDK. */
const LIBRARY = "~lib/";

/** What to compile, and how. */
export interface CompileOptions {
  /** The file whose exported functions are the tasks. */
  readonly entry: string;
  /** What the module will be called, for the source map and the default slot. */
  readonly name: string;
  /** Optimises less, for traces that stay close to the source. */
  readonly debug?: boolean | undefined;
  /** Where the static data goes, from 0 to 15. Guests of one runtime need one each. */
  readonly slot?: number | undefined;
  /** Uses asc's shim for WASI. */
  readonly wasi?: boolean | undefined;
}

/** A guest as its files will be. */
export interface CompiledGuest {
  readonly wasm: Uint8Array;
  readonly map: string;
  readonly declarations: string;
  readonly tasks: readonly string[];
}

/** The build before this one: what asc and Binaryen are told holds for the whole process. */
let previous: Promise<unknown> = Promise.resolve();

/**
 * Compiles a guest, once all are that this process compiles already. `inputs` receives the path of
 * each file that was read, also if it fails.
 *
 * @throws {GuestBuildError} If the source is at fault.
 * @throws {Error} If the package `assemblyscript` is not installed.
 */
export function compile(options: CompileOptions, inputs: Set<string>): Promise<CompiledGuest> {
  const build = previous.then(() => compileAlone(options, inputs));
  previous = build.catch(() => {});
  return build;
}

async function compileAlone(
  { entry, name, debug = false, slot = freeSlot(name), wasi = false }: CompileOptions,
  inputs: Set<string>,
): Promise<CompiledGuest> {
  checkSlot(slot);
  const asc = await loadAsc();
  const folder = dirname(resolve(entry));
  const outputs = new Map<string, string | Uint8Array>();
  const diagnostics: Diagnostic[] = [];
  let log = "";
  const args = [
    ...[basename(entry), "--baseDir", folder, "--outFile", name],
    ...["--config", fileURLToPath(new URL("./asconfig.json", import.meta.url))],
    ...["--target", debug ? "debug" : "release"],
    ...["--memoryBase", String(STATICS_FIRST + slot * STATICS_SLOT)],
    ...(wasi ? await shimArguments() : []),
  ];
  inputs.add(resolve(entry));
  const { error } = await asc.main(args, {
    stdout: { write: () => {} },
    stderr: { write: (chunk) => (log += String(chunk)) },
    readFile: (file, base) => readInput(resolve(base, file), inputs),
    writeFile: (file, contents) => void outputs.set(basename(file), contents),
    reportDiagnostic: (diagnostic) => diagnostics.push(diagnostic),
  });
  const findings = await Promise.all(
    diagnostics.filter(isError).map((one) => findingOf(one, folder)),
  );
  if (findings.length > 0) throw new GuestBuildError(entry, findings);
  if (error !== null) throw new Error(`Cannot build guest ${entry}: ${log}`, { cause: error });
  const map = outputs.get(`${name}.map`) as string;
  const wasm = withLines(outputs.get(name) as Uint8Array, map);
  const { tasks, functions } = manifestOf(compileGuest(wasm, name), name);
  return {
    wasm,
    map,
    declarations: declarationsOf(
      name,
      tasks as readonly Task[],
      functions as readonly CalledFunction[],
    ),
    tasks: tasks.map((task) => task.name),
  };
}

async function readInput(path: string, inputs: Set<string>): Promise<string | null> {
  try {
    const text = await readFile(path, "utf8");
    inputs.add(path);
    return text;
  } catch {
    return null; // asc tries the next place.
  }
}

function isError({ category }: Diagnostic): boolean {
  return category === ERROR;
}

async function findingOf(
  { message, range }: Diagnostic,
  folder: string,
): Promise<GuestBuildFinding> {
  const said = message.replace(/^User-defined: "?|"$/g, "");
  const path = range?.source?.normalizedPath;
  if (path === undefined) {
    return { file: undefined, line: 1, column: 1, lineText: "", message: said };
  }
  const isLibrary = path.startsWith(LIBRARY);
  const file = isLibrary ? path : resolve(folder, path);
  const sdk = new URL(`./sdk/${path.slice(LIBRARY.length)}`, import.meta.url);
  const text = await readFile(isLibrary ? sdk : file, "utf8").catch(() => "");
  const before = text.slice(0, range?.start).split("\n");
  const line = before.length;
  const column = (before.at(-1) as string).length + 1;
  const lineText = text.split("\n")[line - 1] as string;
  return { file, line, column, lineText, message: said + adviceOn(said, lineText) };
}

/** What asc does not say of what it cannot compile. */
function adviceOn(said: string, lineText: string): string {
  if (/\basync\s+function\b|\bawait\s/.test(lineText)) {
    return " Guests wait with plain calls: leave out async and await.";
  }
  if (said === "Not implemented: Closures") {
    return " Functions know of their arguments alone: spawn2 and spawn3 take more than one.";
  }
  if (said === "Not implemented: Exceptions") {
    return " What is thrown ends the task; the one that has spawned it learns of that by wait().";
  }
  const isOurs = said === "File '~lib/tokiwa.ts' not found.";
  return isOurs ? ' Guests import from "tokiwa/assembly".' : "";
}
