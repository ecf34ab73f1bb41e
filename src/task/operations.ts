/**
 * The operations that an async function waits for, so that aborting its task can end them.
 *
 * @module
 */

import type { Abortable } from "../core/context.ts";

/** A list through the operations themselves: an `await` must not cost an allocation more. */
export class Operations {
  #first: Abortable | undefined;
  /** Has the task heard that it was aborted? What it waits for from then on is its cleanup. */
  wereTold = false;
  /** The task was aborted while it waited for nothing of ours: its next operation is told. */
  #abortNext = false;

  adopt(operation: Abortable): void {
    operation.nextOperation = this.#first;
    if (this.#first !== undefined) this.#first.previousOperation = operation;
    this.#first = operation;
  }

  disown(operation: Abortable): void {
    const { nextOperation: next, previousOperation: previous } = operation;
    if (next !== undefined) next.previousOperation = previous;
    if (previous !== undefined) previous.nextOperation = next;
    else this.#first = next;
    operation.nextOperation = undefined;
    operation.previousOperation = undefined;
  }

  /** Ends every operation; false if there is none, in which case the next one will be. */
  abortAll(): boolean {
    this.wereTold = true;
    if (this.#first === undefined) {
      this.#abortNext = true;
      return false;
    }
    // Each leaves the list as it is aborted, and nothing is added before a microtask runs.
    while (this.#first !== undefined) this.#first.abort();
    return true;
  }

  /** Was there an abort that found nothing to end, and that nothing was told of yet? */
  get abortsNext(): boolean {
    return this.#abortNext;
  }

  /** True once if {@linkcode abortsNext}. */
  takeAbort(): boolean {
    const told = this.#abortNext;
    this.#abortNext = false;
    return told;
  }
}
