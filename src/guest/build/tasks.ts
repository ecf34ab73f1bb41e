/**
 * The tasks of a guest: the functions that its entry file exports.
 *
 * Each gets a wrapper that takes its arguments out of the task's block and gives its value back.
 * Types are known only after that, so a function that the core can call itself loses it again.
 *
 * @module
 */

import {
  ENTRY_F64,
  ENTRY_I32,
  ENTRY_I64,
  ENTRY_NONE,
  ENTRY_RESULT,
} from "../../../assembly/shared/verdicts.ts";
import type { GuestTaskEntry, GuestType, GuestValueType } from "../../core/manifest.ts";
import type {
  Compiler,
  ExportStatement,
  FunctionDeclaration,
  Parser,
  Program,
  Range,
  Source,
  Type,
} from "./compiler.ts";
import { handleOf } from "./handles.ts";

/** How many `invoke…` functions `assembly/sdk/invoke.ts` has, less the one for no argument. */
export const PARAMETERS_MAX = 4;
const SUFFIX = "$task";
/** What the compiler, and then asyncify, export of themselves. */
const TAKEN = /^(table|asyncify_\w+)$/;
const REEXPORT_ADVICE = "import the other file's, and export a function that calls it";

/** A task, as the manifest and the declarations need to know it. */
export interface Task extends GuestTaskEntry {
  readonly parameterNames: readonly string[];
}

/** An exported function, before its types are known. */
interface Candidate {
  readonly name: string;
  readonly declaration: FunctionDeclaration;
  readonly source: Source;
}

/** Says at a place of the source what cannot work, and what to do instead. */
export type Refuse = (range: Range | null, message: string) => void;

/** The exported functions of the files that the user compiles. */
export function candidatesIn(parser: Parser, compiler: Compiler, refuse: Refuse): Candidate[] {
  const { SourceKind } = compiler;
  return parser.sources
    .filter(({ sourceKind }) => sourceKind === SourceKind.UserEntry)
    .flatMap((source) => exportedFunctions(source, compiler, refuse));
}

function exportedFunctions(
  source: Source,
  { NodeKind, CommonFlags }: Compiler,
  refuse: Refuse,
): Candidate[] {
  const functions = source.statements.filter(
    ({ kind }) => kind === NodeKind.FunctionDeclaration,
  ) as FunctionDeclaration[];
  const direct = functions
    .filter((declaration) => declaration.is(CommonFlags.Export))
    .map((declaration) => ({ name: declaration.name.text, declaration, source }));
  for (const { kind, range } of source.statements) {
    if (kind !== NodeKind.ExportDefault) continue;
    refuse(range, "Tasks are spawned by their names; export the function without default");
  }
  const lists = source.statements.filter(
    (statement) => statement.kind === NodeKind.Export,
  ) as ExportStatement[];
  for (const { path, range } of lists) {
    if (path !== null) refuse(range, `Tasks are functions of this file; ${REEXPORT_ADVICE}`);
  }
  const listed = lists.flatMap(({ members }) =>
    (members ?? []).flatMap(({ localName, exportedName }) => {
      const declaration = functions.find(({ name }) => name.text === localName.text);
      return declaration === undefined ? [] : [{ name: exportedName.text, declaration, source }];
    }),
  );
  const tasks = [...direct, ...listed].filter(({ declaration }) => !declaration.typeParameters);
  for (const { name, declaration } of tasks) {
    if (!TAKEN.test(name)) continue;
    refuse(
      declaration.name.range,
      `Task "${name}" has the name of an export that every guest has; call it something else`,
    );
  }
  return tasks;
}

/** Adds the wrappers to the program, in a file beside the tasks'. */
export function addWrappers(parser: Parser, candidates: readonly Candidate[]): void {
  for (const source of new Set(candidates.map((candidate) => candidate.source))) {
    const own = candidates.filter(
      ({ source: of, declaration }) => of === source && parametersOf(declaration) <= PARAMETERS_MAX,
    );
    parser.parseFile(wrappersOf(source, own), `${source.internalPath}${SUFFIX}.ts`, true);
  }
}

function wrappersOf({ internalPath }: Source, candidates: readonly Candidate[]): string {
  const file = internalPath.slice(internalPath.lastIndexOf("/") + 1);
  const names = candidates.map(({ name }) => name).join(", ");
  const invokes = Array.from({ length: PARAMETERS_MAX + 1 }, (_, count) => `invoke${count}`);
  return [
    `import { ${names} } from "./${file}";`,
    `import { ${invokes.join(", ")} } from "tokiwa/assembly/invoke";`,
    ...candidates.map(({ name, declaration }) => {
      const invoke = `invoke${parametersOf(declaration)}`;
      return `export function ${name}${SUFFIX}(): void { ${invoke}(${name}); }`;
    }),
  ].join("\n");
}

function parametersOf(declaration: FunctionDeclaration): number {
  return declaration.signature.parameters.length;
}

/** The tasks, once types can be told. Refuses what cannot cross from TypeScript. */
export function tasksIn(
  program: Program,
  candidates: readonly Candidate[],
  refuse: Refuse,
): Task[] {
  return candidates.flatMap((candidate) => {
    const prototype = program.filesByName
      .get(candidate.source.internalPath)
      ?.exports?.get(candidate.name);
    const instance = prototype && program.resolver.resolveFunction(prototype, null);
    if (!instance) return []; // The compiler says why.
    return [
      taskOf(candidate, instance.signature.parameterTypes, instance.signature.returnType, refuse),
    ];
  });
}

function taskOf(
  { name, declaration }: Candidate,
  parameterTypes: readonly Type[],
  returnType: Type,
  refuse: Refuse,
): Task {
  const nodes = declaration.signature.parameters;
  if (nodes.length > PARAMETERS_MAX) {
    refuse(
      declaration.name.range,
      `Task "${name}" has ${nodes.length} parameters, and ${PARAMETERS_MAX} are the most; ` +
        "pass several numbers in one Float64Array",
    );
  }
  const parameters = parameterTypes.map((type, index) => {
    const node = nodes[index]?.name;
    const what = `Parameter "${node?.text}" of task "${name}"`;
    return handleOf(type) ?? crossing(type, what, node?.range ?? null, refuse);
  });
  const what = `The value of task "${name}"`;
  const result = handleOf(returnType) ?? crossing(returnType, what, declaration.name.range, refuse);
  const shape = shapeOf(parameters, result);
  return {
    name,
    export: shape === undefined ? name + SUFFIX : name,
    shape: shape ?? ENTRY_NONE,
    parameters,
    result,
    parameterNames: nodes.map((node) => node.name.text),
  };
}

/** By the compiler's names. */
const TYPES: Readonly<Record<string, GuestValueType>> = {
  void: "void",
  bool: "bool",
  i32: "i32",
  isize: "i32",
  u32: "u32",
  usize: "u32",
  i64: "i64",
  u64: "u64",
  f64: "f64",
  "~lib/string/String": "string",
  "~lib/arraybuffer/ArrayBuffer": "buffer",
};

/** How a value of the type crosses between TypeScript and the guest. Refuses those that cannot. */
export function crossing(
  type: Type,
  what: string,
  range: Range | null,
  refuse: Refuse,
): GuestValueType {
  const name = type.toString();
  const known = TYPES[name] ?? arrayOf(name);
  if (known !== undefined) return known;
  refuse(
    range,
    `${what} is of type ${shortName(name)}, which cannot cross between TypeScript ` +
      "and a guest; use bool, i32, u32, i64, u64, f64, string, ArrayBuffer or a typed array",
  );
  return "void";
}

/** What TypeScript calls a typed array; undefined if it is none. */
function arrayOf(name: string): GuestValueType | undefined {
  const own = /^~lib\/typedarray\/(?<own>\w+)$/.exec(name)?.groups?.own;
  return own?.replace(/^(Int|Uint)64/, "Big$&") as GuestValueType | undefined;
}

/** The name of a type without the files that it, and those in it, are from. */
export function shortName(name: string): string {
  return name.replace(/~?[\w/.-]*\//g, "");
}

const ENTRIES: Partial<Record<GuestType, number>> = {
  void: ENTRY_NONE,
  bool: ENTRY_I32,
  i32: ENTRY_I32,
  u32: ENTRY_I32,
  i64: ENTRY_I64,
  u64: ENTRY_I64,
  f64: ENTRY_F64,
};

/** How the core calls the function itself; undefined if it cannot. */
function shapeOf(parameters: readonly GuestType[], result: GuestType): number | undefined {
  const [first = "void", second] = parameters;
  const argument = ENTRIES[first];
  const value = ENTRIES[result];
  if (second !== undefined || argument === undefined || value === undefined) return undefined;
  return argument + ENTRY_RESULT * value;
}
