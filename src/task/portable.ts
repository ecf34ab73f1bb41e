/**
 * Portable tasks: functions known by their module and name, so that any worker can run them.
 *
 * @module
 */

import { KIND_PORTABLE } from "../../assembly/shared/verdicts.ts";
import type { Thread } from "../core/thread.ts";
import { checkBody, checkString } from "../error/check.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";
import { discard, encode } from "./codec.ts";
import { definePortable, findPortable, type PortableName } from "./defined-tasks.ts";
import { FunctionNumbers } from "./function-table.ts";
import type { TaskGenerator } from "./generator-task.ts";
import type { JoinHandle } from "./join-handle.ts";
import { discardPayload, hasBegun, readPayload } from "./payload.ts";
import { RefusedTask } from "./refused-task.ts";
import { RemoteTask } from "./remote-task.ts";
import { ThreadRunner } from "./runner.ts";
import type { Send } from "./send.ts";
import { start } from "./startable.ts";

/** What a portable function carries with it. */
interface PortableRecord extends PortableName {
  readonly numbers: FunctionNumbers;
}

const portable: unique symbol = Symbol("tokiwa.portable");

/** A function that may run on any worker. Called directly, it runs here like any function. */
export interface PortableTask<A extends unknown[], T> {
  (...args: A): T;
  readonly [portable]: PortableRecord;
}

/** A function that is not portable: what `spawn` is given besides it are options. */
export interface Closure<R> {
  (): R;
  readonly [portable]?: "a portable task takes other arguments";
}

/** What a function may return that gives `T` as a task. */
export type TaskResult<T> = TaskGenerator<T> | PromiseLike<T> | T;

/** What waiting for a task gives whose function returns `R`. */
export type TaskValue<R> = R extends TaskGenerator<infer T> ? T : Awaited<R>;

/** Nothing to add to a function that takes `A`, unless that cannot move. */
export type TakesSend<A> = [A] extends [Send<A>]
  ? unknown
  : { [portable]: "its arguments are not Send" };

/** Makes a function portable: `task`, for those who see to it that what it takes can move. */
export function makePortable<A extends unknown[], T>(
  meta: { readonly url: string },
  name: string,
  body: ((...args: A) => T) & TakesSend<A>,
): PortableTask<A, T> {
  // Where modules have no URLs, ours has none either, and names are the program's.
  if (typeof meta?.url !== "string" && typeof import.meta.url === "string") {
    throw new TypeError("Cannot define task: the first argument must be import.meta");
  }
  checkString("define task", "name", name);
  checkBody("define task", body);
  const url = meta?.url ?? "";
  if (findPortable({ url, name }) !== undefined) {
    throw new Error(`Cannot define task "${name}": ${url || "the program"} has one of that name`);
  }
  const made = ((...args: A) => body(...args)) as PortableTask<A, T>;
  Object.defineProperty(made, "name", { value: name });
  Object.defineProperty(made, portable, {
    value: { url, name, numbers: new FunctionNumbers() },
  });
  Object.defineProperty(made, start, {
    value: (thread: Thread, args: unknown[], kind?: number, worker?: number) =>
      startPortable(thread, made as never, args, kind, worker),
  });
  definePortable({ url, name }, made as unknown as PortableTask<never, unknown>);
  return made;
}

export function portableName(task: PortableTask<never, unknown>): PortableName {
  return task[portable];
}

/** Queues a portable task for any worker, or as `kind` and `worker` say. */
export function startPortable(
  thread: Thread,
  task: PortableTask<never, unknown>,
  args: unknown[],
  kind = KIND_PORTABLE,
  worker = 0,
): JoinHandle<unknown> {
  const record = task[portable];
  const { name } = record;
  if (thread.isShutDown) return new RefusedTask(thread, name);
  thread.runner ??= new ThreadRunner(thread);
  thread.wantThreads();
  const id = record.numbers.on(thread, record);
  const { kind: tag, block, size, number } = encode(args, thread, "args");
  const token = thread.continuations.reserve();
  const address = thread.core.spawnPortable(kind, worker, id, tag, block, size, number, token);
  if (address === 0) {
    thread.continuations.remove(token);
    discard(thread, tag, block, size);
    if (block !== 0) thread.core.release(block);
    throw new OutOfMemoryError("spawn task");
  }
  const remote = new RemotePortable(thread, address, token, name);
  thread.continuations.set(token, remote);
  thread.driver.kick();
  return remote;
}

/** A portable task as the worker sees it that spawned it. */
class RemotePortable extends RemoteTask {
  protected override read(): unknown {
    if (hasBegun(this.thread, this.address)) return readPayload(this.thread, this.address);
    discardPayload(this.thread, this.address);
    return undefined;
  }

  protected override discard(): void {
    if (!hasBegun(this.thread, this.address)) discardPayload(this.thread, this.address);
  }
}
