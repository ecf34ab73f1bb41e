/**
 * What in AssemblyScript's library does not suit guests, and is replaced: the runtime, what would
 * make global objects, and the one piece of static data that the library writes to.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import type { Compiler, FunctionDeclaration, Parser, Source, Statement } from "./compiler.ts";

/** The SDK's files that take the place of the library's. */
const REPLACED = [
  // Guests allocate in the running task's arena, and not where asc's own runtime would.
  ["arena", "~lib/rt/stub"],
  ["process", "~lib/process"],
  ["crypto", "~lib/crypto"],
] as const;

export async function replaceSources(parser: Parser, compiler: Compiler): Promise<void> {
  for (const [file, replaced] of REPLACED) {
    await addGlobals(parser, compiler, file);
    sourceAt(parser, replaced).statements.length = 0;
  }
}

/** Makes what a file of the SDK exports known everywhere, as the library's own names are. */
export async function addGlobals(
  parser: Parser,
  { SourceKind }: Compiler,
  file: string,
): Promise<void> {
  (await parseOwn(parser, file)).sourceKind = SourceKind.LibraryEntry;
}

/** Parses a file of the SDK. */
export async function parseOwn(parser: Parser, file: string): Promise<Source> {
  const path = new URL(`./sdk/tokiwa/assembly/${file}.ts`, import.meta.url);
  const internalPath = `~lib/tokiwa/assembly/${file}`;
  parser.parseFile(await readFile(path, "utf8"), `${internalPath}.ts`, false);
  return sourceAt(parser, internalPath);
}

/** `dtoa` makes the text of a float in static data. */
export function replaceStaticBuffer(parser: Parser, compiler: Compiler): void {
  const { statements } = sourceAt(parser, "~lib/util/number");
  nameScratch(parser, "dtoa_buf", [functionIn(statements, "dtoa_impl", compiler)]);
}

/**
 * Makes the name of a static buffer, in the functions that use it, a local one for memory of the
 * worker's own: two workers would write over each other's.
 */
export function nameScratch(
  parser: Parser,
  buffer: string,
  users: readonly FunctionDeclaration[],
): void {
  const path = `~lib/tokiwa/assembly/${buffer}`;
  parser.parseFile(`function use(): void { const ${buffer} = __scratch(); }`, `${path}.ts`, false);
  const [use] = sourceAt(parser, path).statements as [FunctionDeclaration];
  for (const user of users) user.body.statements.unshift(...use.body.statements);
}

export function sourceAt(parser: Parser, internalPath: string): Source {
  const found = parser.sources.find((source) => source.internalPath === internalPath);
  if (found === undefined) throw unknownVersion(internalPath);
  return found;
}

function functionIn(
  statements: readonly Statement[],
  name: string,
  { NodeKind }: Compiler,
): FunctionDeclaration {
  const found = statements
    .filter((statement) => statement.kind === NodeKind.FunctionDeclaration)
    .find((statement) => (statement as FunctionDeclaration).name.text === name);
  if (found === undefined) throw unknownVersion(name);
  return found as FunctionDeclaration;
}

function unknownVersion(missing: string): Error {
  return new Error(
    `Cannot build guest: this version of assemblyscript has no ${missing}; use one of 0.28`,
  );
}
