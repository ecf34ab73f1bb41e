/**
 * Template literals, written anew for guests.
 *
 * asc puts the parts of one with several into an array in the static data, and then joins them. All
 * tasks and workers share that array, and a part may even wait: what comes out is anybody's. So
 * each literal becomes a sum of literals with one expression, for which asc makes no array.
 *
 * @module
 */

import { type Compiler, isNode, type Node, type Parser, type TemplateLiteral } from "./compiler.ts";

/** Rewrites the template literals of all sources. */
export function splitTemplates(parser: Parser, compiler: Compiler): void {
  for (const source of parser.sources) visit(source, compiler);
}

/** Rewrites all below a node, and returns what stands in its own place. */
function visit<T extends object>(node: T, compiler: Compiler): T | Node {
  for (const [key, value] of Object.entries(node)) {
    if (key === "range" || typeof value !== "object" || value === null) continue;
    if (Array.isArray(value)) visitAll(value, compiler);
    else if (isNode(value)) (node as Record<string, unknown>)[key] = visit(value, compiler);
  }
  return isTemplate(node, compiler) ? split(node, compiler) : node;
}

function visitAll(nodes: unknown[], compiler: Compiler): void {
  for (const [index, node] of nodes.entries()) {
    if (isNode(node)) nodes[index] = visit(node, compiler);
  }
}

function isTemplate(node: object, compiler: Compiler): node is TemplateLiteral {
  const { kind, literalKind, tag } = node as Partial<TemplateLiteral>;
  const isLiteral =
    kind === compiler.NodeKind.Literal && literalKind === compiler.LiteralKind.Template;
  return isLiteral && tag === null;
}

/** `a${x}b${y}c` becomes (`a${x}` + `b${y}` + "c"). */
function split({ parts, rawParts, expressions, range }: TemplateLiteral, compiler: Compiler): Node {
  const { Node: nodes, Token } = compiler;
  const single = (index: number): Node => {
    const texts = [parts[index] ?? "", ""];
    const raw = [rawParts[index] ?? "", ""];
    const expression = expressions[index] as Node;
    return nodes.createTemplateLiteralExpression(null, texts, raw, [expression], range);
  };
  const pieces = expressions.map((_, index) => single(index));
  const rest = parts.at(-1) ?? "";
  if (rest !== "" || pieces.length === 0) {
    pieces.push(nodes.createStringLiteralExpression(rest, range));
  }
  const sum = pieces.reduce((left, right) =>
    nodes.createBinaryExpression(Token.Plus, left, right, range),
  );
  return pieces.length === 1 ? sum : nodes.createParenthesizedExpression(sum, range);
}
