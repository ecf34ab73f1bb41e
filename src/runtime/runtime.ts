/**
 * A runtime: workers, timers, sockets and tasks that live and end together.
 *
 * @module
 */

import { platform } from "#platform";
import { runInside, tryContext } from "../core/context.ts";
import { shownBy } from "../core/inspect.ts";
import type { Thread } from "../core/thread.ts";
import {
  checkBody,
  checkBoolean,
  checkMade,
  checkNumber,
  checkOptions,
  optionNames,
} from "../error/check.ts";
import type { Blockable } from "../future/block-on.ts";
import { co } from "../future/co.ts";
import type { GuestFunctions } from "../guest/calls.ts";
import { type GuestTasks, type LoadOptions, loadGuest } from "../guest/load.ts";
import type { TaskGenerator } from "../task/generator-task.ts";
import type { GuestTask } from "../task/guest-task.ts";
import type { JoinHandle } from "../task/join-handle.ts";
import type { PortableTask, TaskValue } from "../task/portable.ts";
import type { SendArguments } from "../task/send-arguments.ts";
import { type SpawnOptions, spawnOn, type TaskBody } from "../task/spawn.ts";
import { type EnterGuard, Handle } from "./handle.ts";
import { Home, type ShutdownOptions } from "./home.ts";
import type { RuntimeMetrics } from "./metrics.ts";
import type { BuilderOptions, RuntimeFlavor } from "./options.ts";
import { validateOptions } from "./validate-options.ts";

/** Builds a {@linkcode Runtime} from options that have been checked. */
export class Builder {
  readonly #options: BuilderOptions;

  /** @internal */
  constructor(options: BuilderOptions) {
    validateOptions(options, platform);
    this.#options = options;
  }

  /**
   * Builds the runtime; its workers have started when the promise resolves.
   *
   * **Cancel safety.** As that of {@linkcode Runtime.create}.
   */
  build(): Promise<Runtime> {
    return Runtime.create(this.#options);
  }
}

/**
 * A runtime of one's own. Most programs need none: `spawn`, `sleep` and the rest use a default
 * runtime outside of all others.
 *
 * @example Two workers, given back at the end of the block
 * ```ts
 * await using runtime = await Runtime.create({ workerThreads: 2 });
 * const answer = await runtime.run(async () => spawn(async () => 42));
 * console.log(answer); // 42
 * ```
 */
export class Runtime implements AsyncDisposable {
  static {
    shownBy(Runtime, ({ id, name, flavor }) => ({ id, name, flavor }));
  }

  readonly #home: Home;
  /** A reference that can be given away: it spawns, and cannot shut down. */
  readonly handle: Handle;

  private constructor(home: Home) {
    this.#home = checkMade("Runtime", home, "Runtime.create");
    this.handle = new Handle(home);
  }

  /**
   * Makes a runtime; its workers have started when the promise resolves.
   *
   * **Cancel safety.** Cannot be given up: the runtime is made all the same, for nobody.
   *
   * @throws {RangeError} If an option is out of its range.
   * @throws {OutOfMemoryError} If `maxMemory` has no room for the workers.
   * @throws {UnsupportedError} If the platform cannot have what is asked for.
   * @throws {Error} If the workers cannot start.
   */
  static async create(options: BuilderOptions = {}): Promise<Runtime> {
    const home = new Home(validateOptions(options, platform));
    try {
      await home.ready();
    } catch (reason) {
      await home.shutdown({ background: true });
      throw reason;
    }
    return new Runtime(home);
  }

  /** Checks options now, for a runtime to be built later. */
  static builder(options: BuilderOptions = {}): Builder {
    return new Builder(options);
  }

  /** The runtime's number: no other runtime of this process has it. */
  get id(): number {
    return this.handle.id;
  }

  /** The name it was built with. */
  get name(): string | undefined {
    return this.handle.name;
  }

  /** Which scheduler it has. */
  get flavor(): RuntimeFlavor {
    return this.handle.flavor;
  }

  /** Live figures. */
  get metrics(): RuntimeMetrics {
    return this.handle.metrics;
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
    return spawnOn(this.#home.thread, body, rest);
  }

  /**
   * Loads a guest: a module of Wasm tasks that `tokiwa build` has made. Its tasks can be spawned on
   * any worker, which may each go on with them at any wait.
   *
   * **Cancel safety.** Cannot be given up: the guest is loaded all the same.
   *
   * @param source Where the module is, or its bytes.
   * @throws {TypeError} If it is no guest, or one of another version; the error says what to do.
   * @throws {TypeError} If `functions` has not exactly those that the guest calls.
   * @throws {RangeError} If another guest has its statics in the same place.
   * @throws {OutOfMemoryError} If `maxMemory` has no room for it: each worker takes 4 MiB with the
   *   first guest.
   */
  load<T extends object = GuestTasks>(source: URL | Uint8Array, options?: LoadOptions): Promise<T>;
  load<T extends object = GuestTasks, F extends object = GuestFunctions>(
    source: URL | Uint8Array,
    options: LoadOptions<F> & { readonly functions: F },
  ): Promise<T>;
  load(source: URL | Uint8Array, options?: LoadOptions<object>): Promise<object> {
    return loadGuest(this.#home.thread, source, options);
  }

  /** Runs a blocking job on this runtime's pool; see `spawnBlocking`. */
  spawnBlocking<A extends unknown[], T, G extends A>(
    task: PortableTask<A, T>,
    ...args: SendArguments<G>
  ): JoinHandle<TaskValue<T>> {
    return this.handle.spawnBlocking(task, ...args);
  }

  /**
   * Runs a function with this runtime as the ambient one, and resolves to its value: `spawn` and
   * `sleep` inside it, and in everything it awaits, belong to this runtime.
   *
   * The function is not a task: it has no id and cannot be aborted.
   *
   * **Cancel safety.** Cannot be given up: the function goes on, unheard.
   */
  async run<T>(body: () => PromiseLike<T> | TaskGenerator<T> | T): Promise<Awaited<T>> {
    checkBody("run", body);
    return (await runInside({ thread: this.#home.thread, task: undefined }, async () =>
      isGeneratorFunction(body) ? co(body() as TaskGenerator<T>) : body(),
    )) as Awaited<T>;
  }

  /** Waits for a future in synchronous code; see {@linkcode Handle.blockOn}. */
  blockOn<T>(work: Blockable<T>): T {
    return this.handle.blockOn(work);
  }

  /** Makes this runtime ambient for synchronous code until the guard is disposed. */
  enter(): EnterGuard {
    return this.handle.enter();
  }

  /**
   * Ends the runtime. Tasks are cancelled at their next wait; their `finally` blocks may wait, for
   * five seconds in all. Blocking jobs that have begun, and tasks that compute without waiting, are
   * waited for as long as they take, as in Tokio: `timeout` and `background` end them by force.
   * Later spawns give handles that are cancelled at once.
   *
   * **Cancel safety.** Cannot be given up: once asked for, the shutdown goes on.
   *
   * @throws {RangeError} At once, if `timeout` is negative or not a number.
   * @throws {TypeError} At once, if an option does not exist or is of the wrong type.
   */
  shutdown(options: ShutdownOptions = {}): Promise<void> {
    const action = "shut runtime down";
    const { timeout, background = false } = checkOptions(action, options, SHUTDOWN_NAMES);
    if (timeout !== undefined) checkNumber(action, "timeout", timeout, 0, Infinity);
    checkBoolean(action, "background", background);
    const inside = tryContext()?.thread as Thread | undefined;
    if (inside === this.#home.thread && tryContext()?.task !== undefined && !background) {
      if (timeout === undefined) {
        throw new Error(
          "Cannot shut runtime down: one of its own tasks asks and would wait for itself; " +
            "use { background: true }",
        );
      }
    }
    return this.#home.shutdown(options);
  }

  /** Same as {@linkcode shutdown} without a time limit. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }
}

const SHUTDOWN_NAMES = optionNames<ShutdownOptions>({ timeout: 0, background: 0 });

const generatorFunction = Object.getPrototypeOf(function* () {}) as object;

function isGeneratorFunction(body: unknown): body is () => TaskGenerator<unknown> {
  return typeof body === "function" && Object.getPrototypeOf(body) === generatorFunction;
}
