/**
 * Tasks of guests, as the thread sees them that spawned them: the code is AssemblyScript, and any
 * worker may go on with it at any wait.
 *
 * @module
 */

import { TASK_GENERATION, TASK_ID, TASK_OUTCOME } from "../../assembly/shared/layout.ts";
import {
  OUTCOME_CANCELLED,
  OUTCOME_NO_MEMORY,
  OUTCOME_PANIC,
  OUTCOME_TOO_DEEP,
  OUTCOME_VALUE,
  REASON_JOIN,
} from "../../assembly/shared/verdicts.ts";
import type { GuestType } from "../core/manifest.ts";
import type { Continuation, Thread } from "../core/thread.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";
import { encodeArguments, readResult } from "./guest-values.ts";
import { JoinHandle } from "./join-handle.ts";
import { readPayload } from "./payload.ts";
import { RefusedTask } from "./refused-task.ts";

declare const signature: unique symbol;

/** A function of a guest that can be spawned: `A` are its arguments, `T` is its value. */
export class GuestTask<A extends unknown[] = never, T = unknown> {
  declare readonly [signature]: (...args: A) => T;
  readonly name: string;
  /** @internal */
  readonly entry: GuestEntry;

  /** @internal */
  constructor(name: string, entry: GuestEntry) {
    this.name = name;
    this.entry = entry;
  }
}

/** What it takes to call it. */
export interface GuestEntry {
  /** The runtime that has it. */
  readonly runtime: number;
  /** Its place in the core's table, and how it is called: ENTRY_*. */
  readonly place: number;
  readonly shape: number;
  readonly parameters: readonly GuestType[];
  readonly result: GuestType;
}

/** Queues a guest's task for any worker. */
export function startGuestTask(
  thread: Thread,
  task: GuestTask<never, unknown>,
  args: readonly unknown[],
): JoinHandle<unknown> {
  const { name, entry } = task;
  if (entry.runtime !== thread.identity.id) {
    throw new Error(`Cannot spawn task "${name}": its guest was loaded by another runtime`);
  }
  if (thread.isShutDown) return new RefusedTask(thread, name);
  thread.wantThreads();
  const { number, block, size } = encodeArguments(thread, name, entry.parameters, args);
  const token = thread.continuations.reserve();
  const address = thread.core.spawnGuest(entry.place, entry.shape, number, block, size, token);
  if (address === 0) {
    thread.continuations.remove(token);
    if (block !== 0) thread.core.release(block);
    throw new OutOfMemoryError(`spawn task "${name}"`);
  }
  const handle = new StartedGuestTask(thread, address, token, task);
  thread.continuations.set(token, handle);
  thread.driver.kick();
  return handle;
}

class StartedGuestTask extends JoinHandle<unknown> implements Continuation {
  readonly #address: number;
  readonly #generation: number;
  readonly #token: number;
  readonly #result: GuestType;

  constructor(thread: Thread, address: number, token: number, task: GuestTask<never, unknown>) {
    super(thread, thread.f64[(address + TASK_ID) >> 3] as number, task.name);
    this.#address = address;
    this.#generation = thread.u32[(address + TASK_GENERATION) >> 2] as number;
    this.#token = token;
    this.#result = task.entry.result;
  }

  override abort(): void {
    if (!this.isFinished) this.thread.core.abortTask(this.#address, this.#generation);
  }

  /** The runtime has shut down, and no worker is left to end the task. */
  abandon(): void {
    this.thread.continuations.remove(this.#token);
    this.fail("cancelled");
  }

  /** The task has ended: reads its output, and frees it. */
  resume(reason: number): void {
    // A wait's news may come for a token that has passed on to this task meanwhile.
    if (reason !== REASON_JOIN) return;
    const { thread } = this;
    const address = this.#address;
    const outcome = thread.bytes[address + TASK_OUTCOME] as number;
    const output =
      outcome === OUTCOME_VALUE
        ? readResult(thread, address, this.#result)
        : outcome === OUTCOME_PANIC
          ? readPayload(thread, address)
          : undefined;
    thread.core.consumeJoin(address);
    thread.continuations.remove(this.#token);
    if (outcome === OUTCOME_VALUE) this.succeed(output);
    else if (outcome === OUTCOME_CANCELLED || thread.isShutDown) this.fail("cancelled");
    else if (outcome === OUTCOME_PANIC) this.fail("panic", output);
    else if (outcome === OUTCOME_TOO_DEEP) this.fail("panic", tooDeep(this.name));
    else if (outcome === OUTCOME_NO_MEMORY) {
      this.fail("panic", new OutOfMemoryError(`suspend task "${this.name}"`));
    } else this.fail("workerLost");
  }
}

function tooDeep(name: string | undefined): RangeError {
  return new RangeError(
    `Cannot suspend task "${name}": its frames are larger than maxTaskFrames allows`,
  );
}
