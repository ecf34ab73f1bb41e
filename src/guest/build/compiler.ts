/**
 * What the build tool uses of AssemblyScript's compiler, and of the Binaryen that comes with it.
 *
 * *Why not their own types*: they declare AssemblyScript's globals, another `console` among them,
 * for the whole program.
 *
 * @module
 */

import type { ExpressionRef, Expressions } from "./expressions.ts";

/** A place in a source. */
export interface Range {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** Any part of a program as it was parsed. */
export interface Node {
  readonly kind: number;
  readonly range: Range;
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "kind" in value && "range" in value;
}

export interface TemplateLiteral extends Node {
  readonly literalKind: number;
  readonly tag: Node | null;
  /** The text around the expressions: always one more than there are of those. */
  readonly parts: readonly string[];
  readonly rawParts: readonly string[];
  readonly expressions: readonly Node[];
}

export interface Source extends Node {
  /** Its path without the extension, and with it. */
  readonly internalPath: string;
  readonly normalizedPath: string;
  readonly isLibrary: boolean;
  readonly text: string;
  sourceKind: number;
  statements: Statement[];
}

export interface Statement {
  readonly kind: number;
  readonly range: Range;
  is(flag: number): boolean;
}

export interface FunctionDeclaration extends Statement {
  readonly name: { readonly text: string; readonly range: Range };
  readonly typeParameters: readonly unknown[] | null;
  readonly signature: {
    readonly parameters: readonly ParameterNode[];
    readonly returnType: Node;
  };
  flags: number;
  readonly decorators: readonly unknown[] | null;
  body: { readonly statements: Statement[] };
}

/** `const a = 1, b = 2`. */
export interface VariableStatement extends Statement {
  readonly declarations: readonly { readonly name: { readonly text: string } }[];
}

/** A class or a namespace. */
export interface Container extends Statement {
  readonly members: Statement[];
}

export interface ParameterNode {
  readonly name: { readonly text: string; readonly range: Range };
  readonly type: Node;
}

/** `export { a, b as c }`, with a path if it is from another file. */
export interface ExportStatement extends Statement {
  readonly path: unknown;
  readonly members:
    | readonly {
        readonly localName: { readonly text: string };
        readonly exportedName: { readonly text: string };
      }[]
    | null;
}

export interface Parser {
  readonly sources: Source[];
  parseFile(text: string, path: string, isEntry: boolean): void;
}

export interface Type {
  readonly classReference: Element | null;
  /** Of a function. */
  readonly signatureReference: unknown;
  /** Is it one of a class, or of a function? */
  readonly isReference: boolean;
  readonly isManaged: boolean;
  readonly isNullableReference: boolean;
  toString(): string;
}

/** Whatever has a name: a function, a class, a global, a field. */
export interface Element {
  readonly kind: number;
  readonly name: string;
  /** With the path of its file before it. */
  readonly internalName: string;
  readonly parent: Element;
  readonly identifierNode: { readonly range: Range };
  readonly members: Map<string, Element> | null;
  readonly type: Type;
  readonly typeArguments: readonly Type[] | null;
  /** Of a generic function: those that are in use. */
  readonly instances: Map<string, Element> | null;
  /** Of a function: where its expressions come from. */
  readonly debugLocations?: Map<ExpressionRef, Range>;
  /** Of a class: the one that it extends. */
  readonly base: Element | null;
  /** Of a field: what it is in this class. */
  readonly instance: Element | null;
  readonly isField: boolean;
  /** Of a field: where it stands. */
  readonly memoryOffset: number;
  readonly prototype: Element;
  readonly signature: {
    readonly parameterTypes: readonly Type[];
    readonly returnType: Type;
  };
  is(flag: number): boolean;
}

export interface File extends Element {
  readonly source: Source;
  readonly exports: Map<string, Element> | null;
}

export interface Program {
  readonly options: {
    readonly exportTable: boolean;
    readonly importMemory: boolean;
    readonly sharedMemory: boolean;
    readonly maximumMemory: number;
    readonly memoryBase: number;
    readonly optimizeLevelHint: number;
    readonly shrinkLevelHint: number;
    readonly debugInfo: boolean;
    readonly exportStart: string | null;
    /** What `--use` has named: by the name that a program uses, the name that is meant. */
    readonly globalAliases: Map<string, string> | null;
  };
  /** By their path without the extension. */
  readonly filesByName: Map<string, File>;
  /** All that is in use: functions among them. */
  readonly instancesByName: Map<string, Element>;
  readonly resolver: { resolveFunction(prototype: Element, types: null): Element | null };
  readonly module: {
    optimize(optimizeLevel: number, shrinkLevel: number, debugInfo: boolean): void;
  };
  /** Reports an error with its place in the source. */
  error(code: number, range: Range | null, message: string): void;
}

/** A module as Binaryen has it. */
export interface BinaryenModule {
  getNumDataSegments(): number;
  getDataSegmentByIndex(index: number): number;
  getDataSegmentInfo(segment: number): { offset: number; data: ArrayBuffer };
  getNumFunctions(): number;
  getFunctionByIndex(index: number): number;
  getNumExports(): number;
  getExportByIndex(index: number): number;
  removeExport(name: string): void;
  emitText(): string;
  runPasses(passes: readonly string[]): void;
  addCustomSection(name: string, contents: Uint8Array): void;
  nop(): ExpressionRef;
  readonly global: {
    get(name: string, type: number): ExpressionRef;
    set(name: string, value: ExpressionRef): ExpressionRef;
  };
  readonly i32: {
    const(value: number): ExpressionRef;
    add(left: ExpressionRef, right: ExpressionRef): ExpressionRef;
  };
}

/** Where a load or a store is changed. */
interface Access {
  setOffset(ref: ExpressionRef, offset: number): void;
}

export interface Binaryen extends Expressions {
  readonly i32: number;
  readonly SubInt32: number;
  readonly GlobalGetId: number;
  readonly LoadId: number;
  readonly Function: {
    getBody(ref: number): ExpressionRef;
    getName(ref: number): string;
  };
  readonly GlobalGet: { getName(ref: ExpressionRef | undefined): string };
  readonly Load: Access;
  readonly Store: Access;
  setPassArgument(name: string, value: string): void;
  getExportInfo(ref: number): { readonly name: string };
  /** Module and base of one that is imported; else empty. */
  getFunctionInfo(ref: number): { readonly module: string | null; readonly base: string | null };
}

/** The compiler's enumerations. */
export interface Compiler {
  readonly NodeKind: {
    readonly Binary: number;
    readonly Call: number;
    readonly ClassDeclaration: number;
    readonly ElementAccess: number;
    readonly Export: number;
    readonly ExportDefault: number;
    readonly FunctionDeclaration: number;
    readonly Import: number;
    readonly Literal: number;
    readonly MethodDeclaration: number;
    readonly NamespaceDeclaration: number;
    readonly New: number;
    readonly Parenthesized: number;
    readonly PropertyAccess: number;
    readonly UnaryPostfix: number;
    readonly UnaryPrefix: number;
    readonly Variable: number;
  };
  readonly LiteralKind: { readonly Template: number };
  /** Those of assignments that read their target stand in a row. */
  readonly Token: {
    readonly Caret_Equals: number;
    readonly Minus_Minus: number;
    readonly Plus: number;
    readonly Plus_Equals: number;
    readonly Plus_Plus: number;
  };
  readonly Node: {
    createBinaryExpression(operator: number, left: Node, right: Node, range: Range): Node;
    createParenthesizedExpression(expression: Node, range: Range): Node;
    createStringLiteralExpression(value: string, range: Range): Node;
    createTemplateLiteralExpression(
      tag: null,
      parts: readonly string[],
      rawParts: readonly string[],
      expressions: readonly Node[],
      range: Range,
    ): Node;
  };
  readonly CommonFlags: {
    readonly Compiled: number;
    readonly Ambient: number;
    readonly Const: number;
    readonly Declare: number;
    readonly Export: number;
    readonly Readonly: number;
    readonly Resolved: number;
  };
  readonly SourceKind: { readonly UserEntry: number; readonly LibraryEntry: number };
  readonly ElementKind: {
    readonly ClassPrototype: number;
    readonly Global: number;
    readonly Namespace: number;
  };
  readonly DiagnosticCode: { readonly User_defined_0: number };
}

/** asc, as a function. */
export interface Asc {
  main(args: readonly string[], options: AscOptions): Promise<{ readonly error: Error | null }>;
}

export interface AscOptions {
  readonly stdout: { write(chunk: unknown): void };
  readonly stderr: { write(chunk: unknown): void };
  readFile(name: string, folder: string): Promise<string | null>;
  writeFile(name: string, contents: string | Uint8Array, folder: string): void;
  reportDiagnostic(diagnostic: Diagnostic): void;
}

export interface Diagnostic {
  readonly message: string;
  /** 3 is an error. */
  readonly category: number;
  readonly range: {
    readonly start: number;
    readonly source: { readonly normalizedPath: string } | null;
  } | null;
}

/** Loads the compiler's parts, which only those need who build guests. */
export function loadCompiler(): Promise<Compiler> {
  return load("assemblyscript") as Promise<Compiler>;
}

export function loadAsc(): Promise<Asc> {
  return load("assemblyscript/asc") as Promise<Asc>;
}

async function load(name: string): Promise<unknown> {
  try {
    return await import(name);
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new Error(
      'Cannot build guest: the package "assemblyscript" is not installed; ' +
        "run npm install --save-dev assemblyscript",
      { cause },
    );
  }
}
