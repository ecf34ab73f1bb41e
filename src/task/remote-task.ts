/**
 * Tasks that end on another thread, as the one sees them that spawned them.
 *
 * @module
 */

import { TASK_GENERATION, TASK_ID, TASK_OUTCOME } from "../../assembly/shared/layout.ts";
import {
  OUTCOME_PANIC,
  OUTCOME_VALUE,
  OUTCOME_WORKER_LOST,
  REASON_JOIN,
} from "../../assembly/shared/verdicts.ts";
import type { Continuation, Thread } from "../core/thread.ts";
import { JoinHandle } from "./join-handle.ts";

export abstract class RemoteTask extends JoinHandle<unknown> implements Continuation {
  /** The core's header, until the task's end has been heard of. */
  protected readonly address: number;
  readonly #generation: number;
  readonly #token: number;

  constructor(thread: Thread, address: number, token: number, name: string) {
    super(thread, thread.f64[(address + TASK_ID) >> 3] as number, name);
    this.address = address;
    this.#generation = thread.u32[(address + TASK_GENERATION) >> 2] as number;
    this.#token = token;
  }

  override abort(): void {
    if (!this.isFinished) this.thread.core.abortTask(this.address, this.#generation);
  }

  /** The runtime has shut down, and no worker is left to end the task. */
  abandon(): void {
    this.thread.continuations.remove(this.#token);
    this.discard();
    this.fail("cancelled");
  }

  /** The task has ended: reads its output, and frees it. */
  resume(reason: number): void {
    // A wait's news may come for a token that has passed on to this task meanwhile.
    if (reason !== REASON_JOIN) return;
    const { thread } = this;
    const outcome = thread.bytes[this.address + TASK_OUTCOME] as number;
    let output: unknown;
    let failure: unknown;
    try {
      output = this.read(outcome);
    } catch (reason) {
      failure = reason;
    }
    thread.core.consumeJoin(this.address);
    thread.continuations.remove(this.#token);
    if (failure !== undefined) this.fail("panic", failure);
    else if (outcome === OUTCOME_VALUE) this.succeed(output);
    else if (outcome === OUTCOME_PANIC) this.fail("panic", output);
    else if (outcome === OUTCOME_WORKER_LOST && !thread.isShutDown) this.fail("workerLost", output);
    else this.fail("cancelled");
  }

  /** What came of it: its value, or what it threw or was lost of. What this throws is a panic. */
  protected abstract read(outcome: number): unknown;

  /** Gives up what is in the header, which nobody will read. */
  protected abstract discard(): void;
}
