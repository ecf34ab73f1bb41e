/**
 * A reference to a runtime that can spawn on it.
 *
 * @module
 */

import { type Context, context, enterContext, leaveContext, tryContext } from "../core/context.ts";
import { shownBy } from "../core/inspect.ts";
import type { Thread } from "../core/thread.ts";
import { checkMade } from "../error/check.ts";
import { type Blockable, blockOn } from "../future/block-on.ts";
import type { TaskGenerator } from "../task/generator-task.ts";
import type { GuestTask } from "../task/guest-task.ts";
import type { JoinHandle } from "../task/join-handle.ts";
import type { PortableTask, TaskValue } from "../task/portable.ts";
import type { SendArguments } from "../task/send-arguments.ts";
import { type SpawnOptions, spawnOn, type TaskBody } from "../task/spawn.ts";
import { spawnBlockingOn } from "../task/spawn-blocking.ts";
import { makeHistogram } from "../worker/histogram.ts";
import { blockingPool, hasWorkers } from "./blocking-pool.ts";
import { RuntimeMetrics } from "./metrics.ts";
import type { RuntimeFlavor } from "./options.ts";

/** Undoes {@linkcode Handle.enter}. Guards must be disposed in the reverse order. */
export type EnterGuard = Disposable;

/** A reference to a runtime: spawns on it, and tells of it. */
export class Handle {
  static {
    shownBy(Handle, ({ id, name, flavor }) => ({ id, name, flavor }));
  }

  readonly #context: Context;
  /** Live figures of the runtime. */
  readonly metrics: RuntimeMetrics;

  /** @internal */
  constructor(inner: Context) {
    checkMade("Handle", inner, "Handle.current");
    this.#context = { thread: inner.thread, task: undefined };
    this.metrics = metricsOf(inner.thread);
  }

  /**
   * The runtime that the running code belongs to; outside of all, the default runtime.
   */
  static current(): Handle {
    return new Handle(context());
  }

  /** The runtime that the running code belongs to, if any. */
  static tryCurrent(): Handle | undefined {
    const found = tryContext();
    return found && new Handle(found);
  }

  /** The runtime's number: no other runtime of this process has it. */
  get id(): number {
    return this.#context.thread.identity.id;
  }

  /** The name that the runtime was built with. */
  get name(): string | undefined {
    return this.#context.thread.identity.name;
  }

  /** Which scheduler the runtime has. */
  get flavor(): RuntimeFlavor {
    return hasWorkers(this.#context.thread) ? "multiThread" : "currentThread";
  }

  /** Starts a task on this runtime; see `spawn`. */
  spawn<T>(generator: TaskGenerator<T>, options?: SpawnOptions): JoinHandle<T>;
  spawn<A extends unknown[], T>(task: GuestTask<A, T>, ...args: A): JoinHandle<T>;
  spawn<T>(body: TaskBody<T>, options?: SpawnOptions): JoinHandle<T>;
  spawn<A extends unknown[], T, G extends A>(
    task: PortableTask<A, T>,
    ...args: SendArguments<G>
  ): JoinHandle<TaskValue<T>>;
  spawn(body: unknown, ...rest: unknown[]): JoinHandle<unknown> {
    return spawnOn(this.#context.thread, body, rest);
  }

  /** Runs a blocking job on this runtime's pool; see `spawnBlocking`. */
  spawnBlocking<A extends unknown[], T, G extends A>(
    task: PortableTask<A, T>,
    ...args: SendArguments<G>
  ): JoinHandle<TaskValue<T>> {
    return spawnBlockingOn(this.#context.thread, task, args) as JoinHandle<TaskValue<T>>;
  }

  /**
   * Waits for a future in synchronous code: the thread turns, and sleeps, until the value is there.
   *
   * For scripts and for blocking jobs. It cannot drive an async function, only a future or a
   * generator function. Called from one after an `await`, or at the top level of an ES module, all
   * async functions of the thread stand still until it returns, and so it must not wait for one.
   * Foreign events of the thread are seen to afterwards, those of the std reactor's sockets among
   * them: it must not wait for them either. The end of a worker is heard of at once.
   *
   * @throws {TypeError} If given an async function or a promise.
   * @throws {Error} Inside of a task that is not a blocking job, and inside of another `blockOn`.
   * @throws {ClosedError} If the runtime has shut down, and the future is not there already.
   *
   * @example
   * ```ts
   * const slept = Handle.current().blockOn(function* () {
   *   yield* sleep(10);
   *   return "slept";
   * });
   * console.log(slept); // slept
   * ```
   */
  blockOn<T>(work: Blockable<T>): T {
    return blockOn(this.#context.thread, work);
  }

  /**
   * Makes this runtime ambient for synchronous code until the guard is disposed.
   *
   * @example
   * ```ts
   * await using runtime = await Runtime.create({ name: "side" });
   * {
   *   using _guard = runtime.handle.enter();
   *   console.log(Handle.current().name); // side
   * }
   * ```
   */
  enter(): EnterGuard {
    const inner = { ...this.#context };
    let isInside = true;
    enterContext(inner);
    return {
      [Symbol.dispose]() {
        if (!isInside) return;
        if (!leaveContext(inner)) {
          throw new Error(
            "Cannot leave runtime: a runtime that was entered later is still entered",
          );
        }
        isInside = false;
      },
    };
  }
}

function metricsOf(thread: Thread): RuntimeMetrics {
  const { pollTime, scheduleLatency } = thread.identity;
  return new RuntimeMetrics({
    thread,
    blocking: blockingPool(thread),
    pollTime: pollTime && makeHistogram(pollTime),
    scheduleLatency: scheduleLatency && makeHistogram(scheduleLatency),
  });
}
