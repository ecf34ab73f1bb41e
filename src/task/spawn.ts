/**
 * Starting tasks.
 *
 * @module
 */

import { context } from "../core/context.ts";
import type { Thread } from "../core/thread.ts";
import { checkBody, checkOptions, wrongType } from "../error/check.ts";
import { AsyncTask } from "./async-task.ts";
import { GeneratorTask, generatorPrototype, type TaskGenerator } from "./generator-task.ts";
import type { GuestTask } from "./guest-task.ts";
import type { JoinHandle } from "./join-handle.ts";
import type { Closure, PortableTask, TaskResult, TaskValue } from "./portable.ts";
import { RefusedTask } from "./refused-task.ts";
import type { SendArguments } from "./send-arguments.ts";
import { isStartable, start } from "./startable.ts";

/** How to spawn. */
export interface SpawnOptions {
  /** What errors, metrics and the console call the task. */
  readonly name?: string;
}

/** The body of a local task: an async function or a generator function, without parameters. */
export type TaskBody<T> = Closure<TaskResult<T>>;

/**
 * Starts a task. It runs on without being awaited; the handle waits for its value.
 *
 * A closure stays on this worker: an async function, or a generator function, which costs less and
 * waits with `yield*`. Cheapest is a generator itself: `spawn(work(item))` for a `function* work`
 * makes no closure. A portable task (see {@linkcode task}) starts on whichever worker is free;
 * its arguments move there.
 *
 * The task does not start before the caller next waits.
 *
 * @throws {TypeError} If given what cannot be started, or an option that does not exist.
 * @throws {NotSendError} If an argument of a portable task cannot move.
 * @throws {OutOfMemoryError} If the runtime's memory is full.
 *
 * @example
 * ```ts
 * const handle = spawn(async () => {
 *   await sleep(10);
 *   return "done";
 * });
 * console.log(await handle); // done
 * ```
 */
export function spawn<T>(generator: TaskGenerator<T>, options?: SpawnOptions): JoinHandle<T>;
export function spawn<A extends unknown[], T>(task: GuestTask<A, T>, ...args: A): JoinHandle<T>;
export function spawn<T>(body: TaskBody<T>, options?: SpawnOptions): JoinHandle<T>;
// The last, since it is the last whose refusal the compiler explains.
export function spawn<A extends unknown[], T, G extends A>(
  task: PortableTask<A, T>,
  ...args: SendArguments<G>
): JoinHandle<TaskValue<T>>;
export function spawn(body: unknown, ...rest: unknown[]): JoinHandle<unknown> {
  return spawnOn(context().thread, body, rest);
}

/** `spawn` on the runtime of a given thread: what the others are made of. */
export function spawnOn(thread: Thread, body: unknown, rest: unknown[]): JoinHandle<unknown> {
  if (isStartable(body)) return body[start](thread, rest);
  const isGenerator = isGeneratorObject(body);
  if (!isGenerator) checkBody("spawn task", body);
  const name = nameIn(rest[0] as SpawnOptions | undefined);
  if (thread.isShutDown) return new RefusedTask(thread, name);
  if (isGenerator || isGeneratorFunction(body as object)) {
    return new GeneratorTask(thread, body as TaskGenerator<unknown>, name);
  }
  return new AsyncTask(thread, body as () => unknown, name);
}

function nameIn(options: SpawnOptions | undefined): string | undefined {
  if (options === undefined) return undefined;
  const { name } = checkOptions("spawn task", options, ["name"]);
  if (name === undefined || typeof name === "string") return name;
  throw wrongType("spawn task", "name", "a string", name);
}

const generatorFunction = Object.getPrototypeOf(function* () {}) as object;

function isGeneratorObject(body: unknown): body is TaskGenerator<unknown> {
  return (
    typeof body === "object" &&
    body !== null &&
    Object.prototype.isPrototypeOf.call(generatorPrototype, body)
  );
}

/** Is it what a `function*` makes? */
export function isGeneratorFunction(body: object): boolean {
  return Object.getPrototypeOf(body) === generatorFunction;
}
