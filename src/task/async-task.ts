/**
 * Tasks made of an async function: the engine drives them from promise to promise, and the runtime
 * knows them by the operations they wait for.
 *
 * @module
 */

import {
  REASON_CANCEL,
  REASON_RESUME,
  SUSPENDED_CANCELLED,
} from "../../assembly/shared/verdicts.ts";
import {
  type Abortable,
  type Context,
  type ContextSnapshot,
  runInside,
  snapshotContext,
} from "../core/context.ts";
import { isThenable } from "../core/thenable.ts";
import type { Thread } from "../core/thread.ts";
import { isCancelled } from "../core/words.ts";
import { CancelledError } from "../error/cancelled.ts";
import { isCancellation } from "./cancellation.ts";
import { LocalTask } from "./local-task.ts";
import { Operations } from "./operations.ts";

export class AsyncTask<T> extends LocalTask<T> {
  /** Undefined once called. */
  #body: (() => PromiseLike<T> | T) | undefined;
  #snapshot: ContextSnapshot | undefined;
  /** Made when something is first waited for. */
  #operations: Operations | undefined;

  constructor(thread: Thread, body: () => PromiseLike<T> | T, name: string | undefined) {
    super(thread, name);
    this.#body = body;
    this.#snapshot = snapshotContext();
  }

  get context(): Context {
    return this;
  }

  override resume(reason: number): void {
    if (reason === REASON_CANCEL) this.#cancel();
    // A wait's news may come for a token that has passed on to this task meanwhile.
    else if (reason !== REASON_RESUME) return;
    else if (this.#body !== undefined) this.#startUnlessAborted(this.#body);
    // Or a wait that was forgotten wakes whoever has the place of its task: back to sleep.
    else if (this.thread.core.suspendTask(this.address) === SUSPENDED_CANCELLED) this.#cancel();
  }

  override adopt(operation: Abortable): void {
    this.#operations ??= new Operations();
    this.#operations.adopt(operation);
  }

  override disown(operation: Abortable): void {
    this.#operations?.disown(operation);
  }

  get isAborting(): boolean {
    return isCancelled(this.thread, this.address) && !this.#operations?.wereTold;
  }

  get mustStop(): boolean {
    return this.#operations?.abortsNext ?? false;
  }

  override takeAbort(): boolean {
    return this.#operations?.takeAbort() ?? false;
  }

  #startUnlessAborted(body: () => PromiseLike<T> | T): void {
    // Those that begin together are claimed together: one may have aborted the next.
    if (isCancelled(this.thread, this.address)) this.#cancel();
    else this.#start(body);
  }

  #start(body: () => PromiseLike<T> | T): void {
    const snapshot = this.#snapshot;
    this.#snapshot = undefined;
    this.#body = undefined;
    const call = () => runInside(this, () => this.#call(body));
    if (snapshot === undefined) call();
    else snapshot.run(call);
    if (this.address === 0) return;
    if (this.thread.core.suspendTask(this.address) !== SUSPENDED_CANCELLED) return;
    // Aborted from within its first poll. It may have ended all the same: its promise will tell.
    this.thread.driver.defer(() => {
      if (!this.isFinished) this.#cancel();
    });
  }

  #call(body: () => PromiseLike<T> | T): void {
    try {
      const result = body();
      if (!isThenable(result)) {
        this.#end(result, false);
        return;
      }
      result.then(
        (value) => this.#end(value, false),
        (reason: unknown) => this.#end(reason, true),
      );
    } catch (reason) {
      this.#end(reason, true);
    }
  }

  /**
   * Rejects what the task waits for, so that its `finally` and `using` run. A task that waits for
   * nothing of ours (a foreign promise) cannot be reached: its handle settles now, and its code is
   * stopped at its next operation.
   */
  #cancel(): void {
    this.#operations ??= new Operations();
    if (this.#body !== undefined || !this.#operations.abortAll()) {
      this.#body = undefined;
      this.#end(new CancelledError("Cannot start: the task was aborted"), true);
    }
  }

  #end(result: unknown, failed: boolean): void {
    if (this.isFinished) return;
    this.end();
    if (!failed) this.succeed(result as T);
    else if (isCancellation(this.thread, result)) this.fail("cancelled");
    else this.fail("panic", result);
  }
}
