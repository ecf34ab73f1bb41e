/**
 * Assignments that would call a function twice.
 *
 * asc compiles `a().b += c` as `a().b = a().b + c`, and `a().b++` likewise. Who so takes the guard
 * of a lock waits for itself: such a target is refused, with a way out.
 *
 * @module
 */

import { type Compiler, isNode, type Node, type Parser } from "./compiler.ts";
import type { Refuse } from "./tasks.ts";

/** A part of an assignment that reads its target, or of the target. Fields as its kind has them. */
interface Part extends Node {
  readonly operator: number;
  readonly left: Part;
  readonly operand: Part;
  readonly expression: Part;
  /** Of a property access. */
  readonly property?: Part;
  /** Of an identifier. */
  readonly text: string;
}

/** Built in: what they are called for is the same the second time. */
const CONVERSIONS = /^(changetype|unchecked|bool|[iu](8|16|32|64|size)|f32|f64)$/;

/** Methods of the library's strings, by which much is counted: `counts[text.charCodeAt(at)]++`. */
const LOOKS = /^(charAt|charCodeAt|codePointAt|indexOf)$/;

/** Refuses assignments to a property or an element whose place is found by a call. */
export function refuseRepeats(parser: Parser, compiler: Compiler, refuse: Refuse): void {
  for (const source of parser.sources) {
    if (source.isLibrary) continue;
    for (const node of nodesIn(source)) {
      const target = targetOf(node as Part, compiler);
      const call = target && [...nodesIn(target)].find((part) => isCall(part as Part, compiler));
      if (call === undefined) continue;
      const text = source.text.slice(call.range.start, call.range.end);
      refuse(
        call.range,
        `The assignment would do "${text}" twice, to read and to write; keep its value, be it a ` +
          "guard, in a variable first",
      );
    }
  }
}

/** A node and all below it. */
function* nodesIn(node: Node): Generator<Node> {
  yield node;
  for (const [key, value] of Object.entries(node)) {
    if (key === "range") continue;
    for (const part of Array.isArray(value) ? value : [value])
      if (isNode(part)) yield* nodesIn(part);
  }
}

/** The property or element that an expression both reads and writes, if it does. */
function targetOf(node: Part, { NodeKind, Token }: Compiler): Part | undefined {
  const { kind, operator } = node;
  const isUnary = kind === NodeKind.UnaryPrefix || kind === NodeKind.UnaryPostfix;
  let target: Part;
  if (isUnary && (operator === Token.Plus_Plus || operator === Token.Minus_Minus)) {
    target = node.operand;
  } else if (
    kind === NodeKind.Binary &&
    operator >= Token.Plus_Equals &&
    operator <= Token.Caret_Equals
  ) {
    target = node.left;
  } else return undefined;
  while (target.kind === NodeKind.Parenthesized) target = target.expression;
  const isPlace = target.kind === NodeKind.PropertyAccess || target.kind === NodeKind.ElementAccess;
  return isPlace ? target : undefined;
}

function isCall({ kind, expression }: Part, { NodeKind }: Compiler): boolean {
  if (kind === NodeKind.New) return true;
  if (kind !== NodeKind.Call || LOOKS.test(expression.property?.text ?? "")) return false;
  return !CONVERSIONS.test(expression.text ?? "");
}
