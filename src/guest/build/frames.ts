/**
 * Makes the code cheaper that asyncify adds to functions. What one does that leaves the stack:
 *
 *     by asyncify                        from here on
 *     store which call it is at          store which call it is at
 *     top += 4                           store the local variables
 *     store the local variables          top += their bytes + 4
 *     top += their bytes
 *
 * One that comes back to the stack does the same in reverse. Asyncify has the top in memory, where
 * each step waits for the one before it: measured, a yield takes a fourteenth less without. From
 * here on it is in the global variable that had the address of that memory.
 *
 * @module
 */

import type { Binaryen, BinaryenModule } from "./compiler.ts";
import { type ExpressionRef, infoOf, type Place, partsOf, replace } from "./expressions.ts";

/** The variable, as asyncify names it. */
const TOP = "__asyncify_data";
/** How many bytes it takes to say which call a function is at. They come first in its frame. */
const CALL_BYTES = 4;
/** How often asyncify's own functions read it, which nobody calls: they will be left out. */
const READS_OF_ITS_OWN = 8;

/** A statement that moves the top. */
interface Move {
  readonly place: Place;
  readonly bytes: number;
}

/** @throws {Error} If asyncify's code is not what it is known to be. */
export function joinFrames(binaryen: Binaryen, module: BinaryenModule): void {
  const reads = module.emitText().split(`(global.get $${TOP})`).length - 1;
  const editor = new Editor(binaryen, module);
  for (let index = 0; index < module.getNumFunctions(); index++) {
    editor.edit(module.getFunctionByIndex(index));
  }
  if (editor.reads + READS_OF_ITS_OWN === reads) return;
  throw new Error("Cannot build guest: asyncify's code is not as expected");
}

/** Edits what asyncify has added to functions. */
class Editor {
  /** How often the variable was read. */
  reads = 0;
  readonly #binaryen: Binaryen;
  readonly #module: BinaryenModule;
  #moves: Move[] = [];

  constructor(binaryen: Binaryen, module: BinaryenModule) {
    this.#binaryen = binaryen;
    this.#module = module;
  }

  edit(ref: number): void {
    const { getBody, getName } = this.#binaryen.Function;
    if (getName(ref).startsWith("asyncify_")) return;
    this.#moves = [];
    this.#visit(getBody(ref));
    for (const { place, bytes } of this.#joined() ?? this.#moves) {
      replace(this.#binaryen, place, bytes === 0 ? this.#module.nop() : this.#moveBy(bytes));
    }
  }

  /** Has all that is in an expression take the top from the variable, and finds the moves. */
  #visit(parent: ExpressionRef): void {
    for (const [place, ref] of partsOf(this.#binaryen, parent)) {
      const { id, ptr, value } = infoOf(this.#binaryen, ref);
      if (!this.#isTop(ptr)) {
        this.#visit(ref);
      } else if (id === this.#binaryen.LoadId) {
        this.reads += 1;
        replace(this.#binaryen, place, this.#top());
      } else {
        this.reads += 2;
        this.#moves.push({ place, bytes: this.#bytesIn(value) });
      }
    }
  }

  /**
   * What is left of the moves of a function with local variables: one before it has them back, and
   * one once it has put them away. It had two each. Undefined if it is not such a function.
   */
  #joined(): Move[] | undefined {
    const [pop, popCall, pushCall, push] = this.#moves;
    if (!pop || !popCall || !pushCall || !push || this.#moves.length > 4) return undefined;
    const locals = [
      ...this.#statements(pop.place.parent, 1).map((set) => infoOf(this.#binaryen, set).value),
      ...this.#statements(push.place.parent, pushCall.place.index + 1, push.place.index),
    ];
    if (!locals.every((access) => this.#offsetOf(access) !== undefined)) return undefined;
    for (const access of locals as ExpressionRef[]) this.#shift(access);
    const bytes = push.bytes + CALL_BYTES;
    return [
      { place: pop.place, bytes: -bytes },
      { place: popCall.place, bytes: 0 },
      { place: pushCall.place, bytes: 0 },
      { place: push.place, bytes },
    ];
  }

  #statements(block: ExpressionRef, from: number, to?: number): readonly ExpressionRef[] {
    return infoOf(this.#binaryen, block).children?.slice(from, to) ?? [];
  }

  #offsetOf(access: ExpressionRef | undefined): number | undefined {
    return infoOf(this.#binaryen, access).offset;
  }

  /** Has a load or a store leave room for which call the function is at. */
  #shift(access: ExpressionRef): void {
    const { Load, LoadId, Store } = this.#binaryen;
    const kind = this.#binaryen.getExpressionId(access) === LoadId ? Load : Store;
    kind.setOffset(access, (this.#offsetOf(access) as number) + CALL_BYTES);
  }

  #isTop(ptr: ExpressionRef | undefined): boolean {
    const { GlobalGet, GlobalGetId } = this.#binaryen;
    return infoOf(this.#binaryen, ptr).id === GlobalGetId && GlobalGet.getName(ptr) === TOP;
  }

  #top(): ExpressionRef {
    return this.#module.global.get(TOP, this.#binaryen.i32);
  }

  #moveBy(bytes: number): ExpressionRef {
    const { global, i32 } = this.#module;
    return global.set(TOP, i32.add(this.#top(), i32.const(bytes)));
  }

  /** By how many bytes a sum moves the top. */
  #bytesIn(sum: ExpressionRef | undefined): number {
    const { op, right } = infoOf(this.#binaryen, sum);
    const bytes = infoOf(this.#binaryen, right).value as number;
    return op === this.#binaryen.SubInt32 ? -bytes : bytes;
  }
}
