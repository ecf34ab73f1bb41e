/**
 * Tasks that know themselves how they are started: those that are no closures.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import type { JoinHandle } from "./join-handle.ts";
import type { PortableTask } from "./portable.ts";

/** By this key, such a task has what starts it: whoever spawns none need not load it. */
export const start: unique symbol = Symbol("tokiwa.start");

/** A task that any worker may run. */
export interface Startable {
  [start](thread: Thread, args: unknown[]): JoinHandle<unknown>;
}

/** What a portable task is besides a function. */
export interface StartablePortable extends PortableTask<unknown[], unknown> {
  /** Queues it for any worker, or as `kind` and `worker` say: KIND_*. */
  [start](thread: Thread, args: unknown[], kind?: number, worker?: number): JoinHandle<unknown>;
}

export function isStartable(body: unknown): body is Startable {
  return (body as Partial<Startable> | null | undefined)?.[start] !== undefined;
}

export function isPortable(value: unknown): value is StartablePortable {
  return typeof value === "function" && isStartable(value);
}
