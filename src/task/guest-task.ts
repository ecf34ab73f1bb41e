/**
 * Tasks of guests, as the thread sees them that spawned them: the code is AssemblyScript, and any
 * worker may go on with it at any wait.
 *
 * @module
 */

import { RUNTIME_FRAMES_MAX } from "../../assembly/shared/layout.ts";
import {
  OUTCOME_NO_MEMORY,
  OUTCOME_PANIC,
  OUTCOME_TOO_DEEP,
  OUTCOME_VALUE,
} from "../../assembly/shared/verdicts.ts";
import { shownBy } from "../core/inspect.ts";
import type { GuestType } from "../core/manifest.ts";
import type { Thread } from "../core/thread.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";
import { encodeArguments, readResult } from "./guest-values.ts";
import type { JoinHandle } from "./join-handle.ts";
import { readPayload } from "./payload.ts";
import { RefusedTask } from "./refused-task.ts";
import { RemoteTask } from "./remote-task.ts";
import { type Startable, start } from "./startable.ts";

declare const signature: unique symbol;

/** A function of a guest that can be spawned: `A` are its arguments, `T` is its value. */
export class GuestTask<A extends unknown[] = never, T = unknown> implements Startable {
  static {
    shownBy(GuestTask, ({ name, entry: { parameters, result } }) => ({ name, parameters, result }));
  }

  declare readonly [signature]: (...args: A) => T;
  readonly name: string;
  /** @internal */
  readonly entry: GuestEntry;

  /** @internal */
  constructor(name: string, entry: GuestEntry) {
    this.name = name;
    this.entry = entry;
  }

  /** @internal */
  [start](thread: Thread, args: readonly unknown[]): JoinHandle<unknown> {
    return startGuestTask(thread, this, args);
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
function startGuestTask(
  thread: Thread,
  task: { readonly name: string; readonly entry: GuestEntry },
  args: readonly unknown[],
): JoinHandle<unknown> {
  const { name, entry } = task;
  if (entry.runtime !== thread.identity.id) {
    throw new Error(`Cannot spawn task "${name}": its guest was loaded by another runtime`);
  }
  if (thread.isShutDown) return new RefusedTask(thread, name);
  thread.wantThreads();
  const { block, size, lent } = encodeArguments(thread, name, entry.parameters, args);
  const token = thread.continuations.reserve();
  const { place, shape } = entry;
  const address = thread.core.spawnGuest(place, shape, block, size, token);
  if (address === 0) {
    thread.continuations.remove(token);
    lent?.restore();
    if (block !== 0) thread.core.release(block);
    throw new OutOfMemoryError(`spawn task "${name}"`);
  }
  const handle = new RemoteGuestTask(thread, address, token, name, entry.result);
  thread.continuations.set(token, handle);
  thread.driver.kick();
  return handle;
}

/** What a task of a guest has failed of; undefined if it was cancelled, or lost with its worker. */
export function causeOf(thread: Thread, address: number, outcome: number, name: string): unknown {
  if (outcome === OUTCOME_PANIC) return readPayload(thread, address);
  if (outcome === OUTCOME_NO_MEMORY) return new OutOfMemoryError(`suspend task "${name}"`);
  if (outcome !== OUTCOME_TOO_DEEP) return undefined;
  const limit = thread.u32[(thread.runtime + RUNTIME_FRAMES_MAX) >> 2];
  return new RangeError(
    `Cannot suspend task "${name}": its frames need more than ${limit} bytes; raise maxTaskFrames`,
  );
}

class RemoteGuestTask extends RemoteTask {
  readonly #result: GuestType;

  constructor(thread: Thread, address: number, token: number, name: string, result: GuestType) {
    super(thread, address, token, name);
    this.#result = result;
  }

  protected override read(outcome: number): unknown {
    const { thread, address, name } = this;
    if (outcome === OUTCOME_VALUE) return readResult(thread, address, this.#result);
    const cause = causeOf(thread, address, outcome, name as string);
    if (outcome === OUTCOME_NO_MEMORY || outcome === OUTCOME_TOO_DEEP) throw cause;
    return cause;
  }

  /** Its arguments are bytes, and go with the runtime's memory. */
  protected override discard(): void {}
}
