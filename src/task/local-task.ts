/**
 * Tasks made of a closure: they live in the JavaScript of the worker that spawned them.
 *
 * @module
 */

import { TASK_GENERATION, TASK_ID, TASK_TOKEN } from "../../assembly/shared/layout.ts";
import type { Abortable, CurrentTask, LocalValue } from "../core/context.ts";
import type { Continuation, Thread } from "../core/thread.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";
import { JoinHandle } from "./join-handle.ts";

/** The same number, kept without a box of its own while it fits into 31 bits. */
function smallInteger(id: number): number {
  return id < 0x40000000 ? id | 0 : id;
}

/** What the two kinds of closures have in common: a header in the core, and an end. */
export abstract class LocalTask<T> extends JoinHandle<T> implements CurrentTask, Continuation {
  /** The core's header; 0 once the task has ended. */
  address: number;
  /** Task-local values that it begins with. They take room only in tasks that have some. */
  declare locals: LocalValue | undefined;

  constructor(thread: Thread, name: string | undefined) {
    const token = thread.continuations.reserve();
    const address = thread.core.spawnLocal(token);
    if (address === 0) {
      thread.continuations.remove(token);
      throw new OutOfMemoryError("spawn task");
    }
    super(thread, smallInteger(thread.f64[(address + TASK_ID) >> 3] as number), name);
    this.address = address;
    thread.continuations.set(token, this);
    thread.driver.kick();
  }

  /** The core's name for what goes on with the task. Only until it ends. */
  get token(): number {
    return this.thread.u32[(this.address + TASK_TOKEN) >> 2] as number;
  }

  get task(): CurrentTask {
    return this;
  }

  /** Goes on, for a REASON_* of the core. */
  abstract resume(reason: number): void;
  abstract adopt(operation: Abortable): void;
  abstract disown(operation: Abortable): void;
  abstract takeAbort(): boolean;

  override abort(): void {
    if (this.address === 0) return;
    const { core, u32 } = this.thread;
    core.abortTask(this.address, u32[(this.address + TASK_GENERATION) >> 2] as number);
    this.thread.driver.kick();
  }

  /** The runtime shuts down. */
  cancel(): void {
    this.abort();
  }

  /** The runtime has shut down, and the task has not ended by itself. */
  abandon(): void {
    if (this.isFinished) return;
    this.end();
    this.fail("cancelled");
  }

  /** Gives back what the task had in the core. To be called once, as it ends. */
  protected end(): void {
    this.thread.continuations.remove(this.token);
    this.thread.core.completeLocal(this.address);
    this.address = 0;
  }
}
