/**
 * A part of a task that can be given up by itself: the async function inside a `timeout`.
 *
 * @module
 */

import { type Abortable, type CurrentTask, context, runInside } from "../core/context.ts";
import { Operations } from "../task/operations.ts";

/**
 * Knows which operations the code inside waits for, and can end them.
 *
 * A promise cannot be told that nobody wants it any more. What its async function waits for can:
 * the operation fails with `CancelledError`, so that the function's `finally` and `using` run.
 */
export class TaskPart {
  #inside: PartTask | undefined;

  /** Calls `body`; what it awaits belongs to the part. */
  run<R>(body: () => R): R {
    const outer = context();
    this.#inside = new PartTask(outer.task, outer.thread, outer.locals);
    return runInside(this.#inside, body);
  }

  /**
   * Ends what the inside waits for. False if that is nothing of ours: then the next such thing is
   * ended.
   */
  abort(): boolean {
    return this.#inside?.operations.abortAll() ?? false;
  }
}

/** Passes for the task around it, but keeps the operations inside apart. */
class PartTask implements CurrentTask {
  readonly thread: CurrentTask["thread"];
  readonly locals: CurrentTask["locals"];
  readonly operations = new Operations();
  readonly #outer: CurrentTask | undefined;

  constructor(
    outer: CurrentTask | undefined,
    thread: CurrentTask["thread"],
    locals: CurrentTask["locals"],
  ) {
    this.#outer = outer;
    this.thread = thread;
    this.locals = locals;
  }

  get task(): CurrentTask {
    return this;
  }

  get id(): number {
    // Undefined outside of tasks, which is what asking for the id there is answered with.
    return this.#outer?.id as number;
  }

  get name(): string | undefined {
    return this.#outer?.name;
  }

  get isAborting(): boolean {
    return this.#outer?.isAborting ?? false;
  }

  adopt(operation: Abortable): void {
    this.operations.adopt(operation);
  }

  disown(operation: Abortable): void {
    this.operations.disown(operation);
  }

  get mustStop(): boolean {
    return this.operations.abortsNext || (this.#outer?.mustStop ?? false);
  }

  takeAbort(): boolean {
    return this.operations.takeAbort() || (this.#outer?.takeAbort() ?? false);
  }
}
