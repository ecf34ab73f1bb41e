/**
 * Structured concurrency: tasks that end before the block does that has started them.
 *
 * @module
 */

import { type ContextSnapshot, context, snapshotContext } from "../core/context.ts";
import { isThenable } from "../core/thenable.ts";
import { CancelledError } from "../error/cancelled.ts";
import { checkBody } from "../error/check.ts";
import { JoinError } from "../error/join-error.ts";
import type { TaskGenerator } from "../task/generator-task.ts";
import type { JoinHandle } from "../task/join-handle.ts";
import { JoinSet } from "../task/join-set.ts";
import { LocalTask } from "../task/local-task.ts";
import type { PortableTask, TaskValue } from "../task/portable.ts";
import type { SendArguments } from "../task/send-arguments.ts";
import { isGeneratorFunction, type SpawnOptions, spawn, type TaskBody } from "../task/spawn.ts";
import { co, type FutureGenerator, isGenerator } from "./co.ts";
import { endedFuture, failureOf } from "./failures.ts";
import { fromPromise } from "./from-promise.ts";
import { Future, PENDING, type Pending, type Waker } from "./future.ts";
import { giveBack } from "./granted.ts";
import { TaskPart } from "./part.ts";
import { ready } from "./poll-fn.ts";

/** What runs in a scope: an async function, a generator function, or any other. */
type ScopeBody<T> = (scope: Scope) => PromiseLike<T> | FutureGenerator<T> | T;

/**
 * Calls `body`, and waits for it and for every task that is spawned in its scope.
 *
 * When the body or one of the tasks fails, all the others are told to end, and are waited for. A
 * task that is aborted by itself is no failure. To live with one, catch it inside its task.
 *
 * **Cancel safety.** Given up, the scope aborts its tasks and what the body waits for, but there is
 * nobody left to wait: their `finally` blocks run on by themselves.
 *
 * @param body Gets the scope, to spawn in. It runs as a part of the task around it.
 * @throws What the body or a task threw; if several have failed, an `AggregateError` of all, in the
 * order in which they did.
 *
 * @example
 * ```ts
 * const total = await scope(async (s) => {
 *   const parts = [1, 2, 3].map((part) =>
 *     s.spawn(async () => {
 *       await sleep(part);
 *       return part;
 *     }),
 *   );
 *   return (await join(parts)).reduce((sum, part) => sum + part);
 * });
 * console.log(total); // 6
 * ```
 */
export function scope<T>(body: ScopeBody<T>): Future<T> {
  checkBody("open scope", body);
  return new ScopeFuture(body);
}

/** Where tasks are spawned that end with the {@linkcode scope}. */
export class Scope {
  readonly #tasks: JoinSet<unknown>;
  #controller: AbortController | undefined;
  #state: "open" | "failing" | "ended" = "open";

  /** @internal */
  constructor(tasks: JoinSet<unknown>) {
    this.#tasks = tasks;
  }

  /** How many tasks have not ended. */
  get size(): number {
    return this.#tasks.size;
  }

  /** Aborts when the scope fails or is given up: for what takes a signal. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#state !== "open") this.#controller.abort(endReason());
    }
    return this.#controller.signal;
  }

  /**
   * Starts a task in the scope; otherwise as `spawn`. It has the task-locals that are set here, and
   * what an `AsyncLocalStorage` holds here.
   *
   * In a scope that is failing, the task is aborted before it starts.
   *
   * @throws {Error} If the scope has ended.
   */
  spawn<T>(generator: TaskGenerator<T>, options?: SpawnOptions): JoinHandle<T>;
  spawn<T>(body: TaskBody<T>, options?: SpawnOptions): JoinHandle<T>;
  spawn<A extends unknown[], T, G extends A>(
    task: PortableTask<A, T>,
    ...args: SendArguments<G>
  ): JoinHandle<TaskValue<T>>;
  spawn(body: unknown, ...rest: unknown[]): JoinHandle<unknown> {
    if (this.#state === "ended") throw new Error("Cannot spawn task: the scope has ended");
    const start = spawn as (body: unknown, ...rest: unknown[]) => JoinHandle<unknown>;
    const task = start(carried(body), ...rest);
    // It does not start before the caller next waits.
    const { locals } = context();
    if (locals !== undefined && task instanceof LocalTask) task.locals = locals;
    this.#tasks.add(task);
    if (this.#state === "failing") task.abort();
    return task;
  }

  /** Asks every task of the scope to end. The body goes on. */
  abortAll(): void {
    this.#tasks.abortAll();
  }

  /** @internal */
  get hasEnded(): boolean {
    return this.#state === "ended";
  }

  /** @internal */
  fail(): void {
    this.#state = "failing";
    this.#tasks.abortAll();
    this.#controller?.abort(endReason());
  }

  /** @internal */
  end(): void {
    this.#state = "ended";
  }
}

function endReason(): CancelledError {
  return new CancelledError("Cannot go on: the scope around this is ending");
}

/** Generators, too, take what an `AsyncLocalStorage` holds along, as async functions do anyway. */
function carried(body: unknown): unknown {
  const isMade = isGenerator<unknown>(body);
  if (!isMade && !(typeof body === "function" && isGeneratorFunction(body))) return body;
  const snapshot = snapshotContext();
  if (snapshot === undefined) return body;
  const inner = new Carried(snapshot, co(body as TaskGenerator<unknown>));
  return function* () {
    return yield* inner;
  };
}

/** Polls a future with what an `AsyncLocalStorage` held where it was made. */
class Carried<T> extends Future<T> {
  readonly #snapshot: ContextSnapshot;
  readonly #inner: Future<T>;

  constructor(snapshot: ContextSnapshot, inner: Future<T>) {
    super();
    this.#snapshot = snapshot;
    this.#inner = inner;
  }

  override poll(waker: Waker): T | Pending {
    return this.#snapshot.run(() => this.#inner.poll(waker));
  }

  override [Symbol.dispose](): void {
    this.#snapshot.run(() => this.#inner[Symbol.dispose]());
  }
}

class ScopeFuture<T> extends Future<T> {
  readonly #tasks = new JoinSet<unknown>();
  readonly #scope = new Scope(this.#tasks);
  readonly #part = new TaskPart();
  /** Undefined once it was called. */
  #body: ScopeBody<T> | undefined;
  /** What the body returned, until that has ended. */
  #running: Future<T> | undefined;
  #value: T | undefined;
  readonly #failures: unknown[] = [];

  constructor(body: ScopeBody<T>) {
    super();
    this.#body = body;
  }

  override poll(waker: Waker): T | Pending {
    if (this.#scope.hasEnded) throw endedFuture();
    if (this.#body !== undefined) this.#begin(this.#body);
    // Tasks first: of one that fails, the body may hear as well.
    this.#collect();
    this.#pollBody(waker);
    this.#collect();
    // The body may have given its own scope up.
    if (this.#scope.hasEnded) {
      this.#giveUpBody();
      throw endedFuture();
    }
    if (this.#running !== undefined || !this.#tasks.isEmpty) {
      this.#tasks.line.add(this, waker);
      return PENDING;
    }
    this.#scope.end();
    if (this.#failures.length > 0) {
      giveBack(this.#value);
      throw failureOf("finish scope", this.#failures);
    }
    return this.#value as T;
  }

  override [Symbol.dispose](): void {
    if (this.#scope.hasEnded) return;
    this.#tasks.line.leave(this);
    this.#body = undefined;
    this.#scope.fail();
    this.#scope.end();
    this.#tasks.detachAll();
    this.#giveUpBody();
    this.#running?.[Symbol.dispose]();
    this.#running = undefined;
    giveBack(this.#value);
  }

  #begin(body: ScopeBody<T>): void {
    this.#body = undefined;
    try {
      const begun = this.#part.run(() => body(this.#scope));
      if (isThenable<T>(begun)) this.#running = fromPromise(begun);
      else if (isGenerator<T>(begun)) this.#running = co(begun);
      else this.#running = ready(begun as T);
    } catch (reason) {
      this.#fail(reason);
    }
  }

  #pollBody(waker: Waker): void {
    if (this.#running === undefined) return;
    try {
      const value = this.#running.poll(waker);
      if (value === PENDING) return;
      this.#running = undefined;
      this.#value = value;
    } catch (reason) {
      this.#running = undefined;
      // Once it was told to end, this is how it does.
      const isTold = this.#failures.length > 0 && reason instanceof CancelledError;
      if (!isTold) this.#fail(reason);
    }
  }

  #collect(): void {
    for (let task = this.#tasks.take(); task !== undefined; task = this.#tasks.take()) {
      try {
        task.output();
      } catch (error) {
        const { isCancelled, isPanic, cause } = error as JoinError;
        if (!isCancelled) this.#fail(isPanic ? cause : error);
      }
    }
  }

  #fail(reason: unknown): void {
    // Who joins a task that fails, and fails of it, is no second failure.
    if (reason instanceof JoinError && this.#failures.includes(reason.cause)) return;
    this.#failures.push(reason);
    if (this.#failures.length > 1) return;
    this.#scope.fail();
    this.#giveUpBody();
  }

  /** Tells the body to end. If it waits for nothing of ours, it cannot be told until it does. */
  #giveUpBody(): void {
    if (this.#running === undefined || this.#part.abort()) return;
    this.#running[Symbol.dispose]();
    this.#running = undefined;
  }
}
