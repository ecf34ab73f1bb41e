/**
 * Makes asc's shim for WASI fit for guests.
 *
 * It works in static data, which all workers share; aborts by writing to address 0, which is the
 * core's here; and keeps arguments and environment as objects, which would be the first task's.
 *
 * @module
 */

import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type {
  Compiler,
  Container,
  FunctionDeclaration,
  Parser,
  Program,
  Statement,
  VariableStatement,
} from "./compiler.ts";
import { nameScratch, parseOwn, sourceAt } from "./library.ts";

/** The one file of the shim that is not in its folder itself. */
const BINDINGS = "bindings/wasi_snapshot_preview1.ts";
/** What `wasi-process.ts` of the SDK has in place of the shim's. */
const REPLACED = ["argv", "env", "exitCode", "exit"];

/**
 * The arguments with which asc uses the shim.
 *
 * @throws {Error} If the package `@assemblyscript/wasi-shim` is not installed.
 */
export async function shimArguments(): Promise<string[]> {
  const { options } = JSON.parse(await readFile(shimConfig(), "utf8"));
  return (options.use as string[]).flatMap((alias) => ["--use", alias]);
}

function shimConfig(): string {
  try {
    return createRequire(import.meta.url).resolve("@assemblyscript/wasi-shim/asconfig.json");
  } catch (cause) {
    throw new Error(
      'Cannot build guest: the package "@assemblyscript/wasi-shim" is not installed; ' +
        "run npm install --save-dev @assemblyscript/wasi-shim",
      { cause },
    );
  }
}

/** Parses the shim, if the program is to be compiled with it, and mends it. */
export async function mendShim(
  parser: Parser,
  { options }: Program,
  compiler: Compiler,
): Promise<void> {
  if (!options.globalAliases?.has("ASC_WASI")) return;
  await parseShim(parser);
  const files = parser.sources.filter(({ internalPath }) => internalPath.startsWith("~lib/wasi_"));
  // Ours ends the task, and its error tells where.
  options.globalAliases.delete("abort");
  const users = files.flatMap(({ statements }) => functionsIn(statements, compiler));
  nameScratch(
    parser,
    "tempbuf",
    users.filter(({ range }) => textAt(range).includes("tempbuf")),
  );
  await replaceLists(parser, compiler);
}

/** What `--lib` would do, but asc would take the files for its own in all later builds. */
async function parseShim(parser: Parser): Promise<void> {
  const folder = join(dirname(shimConfig()), "assembly");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".ts"));
  for (const file of [BINDINGS, ...names]) {
    parser.parseFile(await readFile(join(folder, file), "utf8"), `~lib/${file}`, false);
  }
}

/** Has `process` make its lists for each task that asks. */
async function replaceLists(parser: Parser, compiler: Compiler): Promise<void> {
  const { Import, NamespaceDeclaration } = compiler.NodeKind;
  const { statements } = sourceAt(parser, "~lib/wasi_process");
  for (const statement of statements) {
    if (statement.kind !== NamespaceDeclaration) continue;
    const { members } = statement as Container;
    members.splice(0, Infinity, ...members.filter((member) => !isReplaced(member, compiler)));
  }
  const ours = (await parseOwn(parser, "wasi-process")).statements.splice(0);
  // The shim's file imports the same.
  statements.unshift(...ours.filter(({ kind }) => kind !== Import));
}

function isReplaced(member: Statement, { NodeKind }: Compiler): boolean {
  const names =
    member.kind === NodeKind.Variable
      ? (member as VariableStatement).declarations.map(({ name }) => name.text)
      : [(member as FunctionDeclaration).name.text];
  return names.some((name) => REPLACED.includes(name));
}

/** All functions and methods that have a body. */
function functionsIn(statements: readonly Statement[], compiler: Compiler): FunctionDeclaration[] {
  const { FunctionDeclaration, MethodDeclaration, NamespaceDeclaration, ClassDeclaration } =
    compiler.NodeKind;
  return statements.flatMap((statement) => {
    if ([NamespaceDeclaration, ClassDeclaration].includes(statement.kind)) {
      return functionsIn((statement as Container).members, compiler);
    }
    const isFunction = [FunctionDeclaration, MethodDeclaration].includes(statement.kind);
    return isFunction ? [statement as FunctionDeclaration] : [];
  });
}

function textAt({ source, start, end }: Statement["range"]): string {
  return source.text.slice(start, end);
}
