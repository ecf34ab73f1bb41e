/**
 * The expressions of a module: what one is made of, and how to put another in its place.
 *
 * @module
 */

/** An expression of Binaryen's, or 0. */
export type ExpressionRef = number;

/** The parts of expressions that are expressions themselves, and what replaces one. */
const PARTS = {
  ...{ children: "setChildAt", operands: "setOperandAt", body: "setBody", value: "setValue" },
  ...{ condition: "setCondition", ifTrue: "setIfTrue", ifFalse: "setIfFalse" },
  ...{ left: "setLeft", right: "setRight", ptr: "setPtr" },
} as const;
type Part = keyof typeof PARTS;

/** The kinds that have such parts, those of threads, vectors and whole memories left out. */
const KINDS = [
  ...["Block", "If", "Loop", "Break", "Switch", "Call", "CallIndirect", "LocalSet", "GlobalSet"],
  ...["Load", "Store", "Unary", "Binary", "Select", "Drop", "Return"],
];

/** What there is to know of an expression: of each kind, the parts that we use. */
export interface ExpressionInfo extends Partial<Readonly<Record<Part, unknown>>> {
  readonly id?: number;
  /** Of a load or a store. */
  readonly ptr?: ExpressionRef;
  readonly offset?: number;
  /** What is set or stored; or the number that a constant is. */
  readonly value?: ExpressionRef;
  readonly children?: readonly ExpressionRef[];
  /** What is called. */
  readonly target?: string;
  /** Of what has two operands. */
  readonly op?: number;
  readonly right?: ExpressionRef;
}

/** Where an expression stands in another one. */
export interface Place {
  readonly parent: ExpressionRef;
  readonly part: Part;
  /** Which one, where there are several; else -1. */
  readonly index: number;
}

/** Binaryen, as far as expressions go. It has more under the names of {@linkcode KINDS}. */
export interface Expressions {
  readonly ConstId: number;
  readonly NopId: number;
  readonly UnreachableId: number;
  getExpressionId(ref: ExpressionRef): number;
  getExpressionInfo(ref: ExpressionRef): ExpressionInfo;
}

/** Nothing of one that is not there, or of which Binaryen can tell nothing. */
export function infoOf(binaryen: Expressions, ref: ExpressionRef | undefined): ExpressionInfo {
  const { NopId, UnreachableId } = binaryen;
  if (!ref || [NopId, UnreachableId].includes(binaryen.getExpressionId(ref))) return {};
  return binaryen.getExpressionInfo(ref);
}

/** What an expression consists of. */
export function* partsOf(
  binaryen: Expressions,
  parent: ExpressionRef,
): Generator<[Place, ExpressionRef]> {
  const info = infoOf(binaryen, parent);
  if (info.id === binaryen.ConstId) return;
  for (const part of Object.keys(PARTS) as Part[]) {
    const found = info[part];
    if (typeof found === "number" && found !== 0) yield [{ parent, part, index: -1 }, found];
    if (!Array.isArray(found)) continue;
    for (const [index, one] of found.entries()) yield [{ parent, part, index }, one];
  }
}

/** @throws {Error} If the place is in an expression of a kind that we do not know. */
export function replace(binaryen: Expressions, place: Place, by: ExpressionRef): void {
  const { parent, part, index } = place;
  const all = binaryen as unknown as Record<string, unknown>;
  const id = binaryen.getExpressionId(parent);
  const kind = KINDS.find((name) => all[`${name}Id`] === id);
  if (kind === undefined) throw new Error(`Cannot edit module: expression of unknown kind ${id}`);
  const setters = all[kind] as Record<string, (...of: number[]) => void>;
  const set = setters[PARTS[part]] as (...of: number[]) => void;
  if (index < 0) set(parent, by);
  else set(parent, index, by);
}
