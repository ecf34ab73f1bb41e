/**
 * The TypeScript functions that a guest calls: those that its files declare and do not define.
 *
 * Each gets a body that sends its arguments home and waits for the answer. The types are the
 * declaration's own, as text: what they are is known only after that.
 *
 * @module
 */

import type { GuestFunction } from "../../core/manifest.ts";
import type { Compiler, FunctionDeclaration, Node, Parser, Program, Source } from "./compiler.ts";
import { addGlobals } from "./library.ts";
import { crossing, PARAMETERS_MAX, type Refuse } from "./tasks.ts";

/** Where bodies are parsed. */
const DRAFTS = "~lib/tokiwa/assembly/call";

/** A declared function, as the manifest and the declarations need to know it. */
export interface CalledFunction extends GuestFunction {
  readonly parameterNames: readonly string[];
}

/** A declaration that has got its body. */
export interface Declared {
  readonly declaration: FunctionDeclaration;
  readonly source: Source;
}

/** Gives every function a body that is declared and not defined. */
export async function defineDeclared(parser: Parser, compiler: Compiler): Promise<Declared[]> {
  const found = parser.sources
    .filter(({ isLibrary }) => !isLibrary)
    .flatMap((source) => declaredIn(source, compiler));
  if (found.length === 0) return found;
  await addGlobals(parser, compiler, "call");
  for (const [place, one] of found.entries()) define(one, place, parser, compiler);
  return found;
}

function declaredIn(source: Source, { NodeKind, CommonFlags }: Compiler): Declared[] {
  return source.statements.flatMap((statement) => {
    const isDeclared =
      statement.kind === NodeKind.FunctionDeclaration && statement.is(CommonFlags.Declare);
    const declaration = statement as FunctionDeclaration;
    const { typeParameters, decorators } = declaration;
    // One with `@external` is another module's.
    const isOurs = isDeclared && typeParameters === null && decorators === null;
    return isOurs ? [{ declaration, source }] : [];
  });
}

function define(
  { declaration, source }: Declared,
  place: number,
  parser: Parser,
  { NodeKind, CommonFlags }: Compiler,
): void {
  const { parameters, returnType } = declaration.signature;
  const textOf = ({ range }: Node) => source.text.slice(range.start, range.end);
  const count = Math.min(parameters.length, PARAMETERS_MAX);
  const types = parameters.slice(0, count).map(({ type }) => textOf(type));
  const names = parameters.slice(0, count).map(({ name }) => name.text);
  const result = textOf(returnType);
  const call = `__call${count}<${[...types, result].join()}>(${[place, ...names].join()})`;
  const path = `${DRAFTS}/${place}`;
  parser.parseFile(
    `function f(): void { ${result === "void" ? "" : "return "}${call}; }`,
    `${path}.ts`,
    false,
  );
  const draft = parser.sources
    .find(({ internalPath }) => internalPath === path)
    ?.statements.find(({ kind }) => kind === NodeKind.FunctionDeclaration);
  declaration.body = (draft as FunctionDeclaration).body;
  declaration.flags &= ~(CommonFlags.Declare | CommonFlags.Ambient);
}

/** The functions, once types can be told. Refuses what cannot cross to TypeScript. */
export function functionsIn(
  program: Program,
  declared: readonly Declared[],
  refuse: Refuse,
): CalledFunction[] {
  return declared.flatMap(({ declaration, source }) => {
    const { text: name, range } = declaration.name;
    const prototype = program.filesByName.get(source.internalPath)?.members?.get(name);
    const instance = prototype && program.resolver.resolveFunction(prototype, null);
    if (!instance) return []; // The compiler says why.
    const nodes = declaration.signature.parameters;
    if (nodes.length > PARAMETERS_MAX) {
      const counts = `${nodes.length} parameters, and ${PARAMETERS_MAX} are the most`;
      refuse(range, `Function "${name}" has ${counts}; pass several numbers in one Float64Array`);
    }
    const { parameterTypes, returnType } = instance.signature;
    const parameters = parameterTypes.map((type, index) => {
      const node = nodes[index]?.name;
      const what = `Parameter "${node?.text}" of function "${name}"`;
      return crossing(type, what, node?.range ?? null, refuse);
    });
    const result = crossing(returnType, `The value of function "${name}"`, range, refuse);
    return [{ name, parameters, result, parameterNames: nodes.map((node) => node.name.text) }];
  });
}
