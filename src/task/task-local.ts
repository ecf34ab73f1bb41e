/**
 * Task-local values: what a task can read anywhere below the call that set it.
 *
 * The values are part of the context that already travels with running code, so a scope costs
 * nothing where none is open.
 *
 * @module
 */

import { beginStep, type Context, context, runInside, tryContext } from "../core/context.ts";
import { checkString, unexpected } from "../error/check.ts";
import { TaskLocalUnsetError } from "../error/task-local-unset.ts";
import { Future, type Pending, type Waker } from "../future/future.ts";

/**
 * Declares a task-local key.
 *
 * @param name What errors call the key. Two keys of one name are two keys.
 */
export function taskLocal<T>(name: string): TaskLocal<T> {
  return new TaskLocal(name);
}

/**
 * A key whose value is set for the duration of a call, and of everything that call awaits.
 *
 * A scope is not inherited by tasks that are spawned inside: give them a scope of their own. Where
 * the platform cannot follow promises (in browsers), the value is lost at the first `await` of an
 * async function; generators and futures keep it everywhere.
 *
 * @example The name of a request, wherever a line is logged
 * ```ts
 * const requestId = taskLocal<string>("requestId");
 * const log = (line: string) => console.log(`[${requestId.tryGet() ?? "-"}] ${line}`);
 *
 * await requestId.scope("r1", async () => {
 *   await sleep(1);
 *   log("slept"); // [r1] slept
 * });
 * ```
 */
export class TaskLocal<T> {
  /** What errors call this key. */
  readonly name: string;

  constructor(name: string) {
    this.name = checkString("make task-local", "name", name);
  }

  /**
   * Sets the value for a future: wherever that is polled, the value can be read.
   *
   * **Cancel safety.** As that of the future.
   */
  scope<R>(value: T, future: Future<R>): TaskLocalFuture<R, T>;
  /** Sets the value for a generator, to be run by `yield*`, at each of its steps. */
  scope<Y, R, N>(value: T, body: () => Generator<Y, R, N>): Generator<Y, R, N>;
  /**
   * Calls `body` with the value set, for all that it awaits as well.
   *
   * **Cancel safety.** As that of what `body` returns.
   */
  scope<R>(value: T, body: () => R): R;
  scope(value: T, body: Future<unknown> | (() => unknown)): unknown {
    if (body instanceof Future) return new TaskLocalFuture(this, value, body);
    if (typeof body !== "function") {
      throw unexpected("set task-local", "a function or a future", body);
    }
    const result = runInside(this.#inside(value), body);
    if (result instanceof Future) return new TaskLocalFuture(this, value, result);
    return isGenerator(result) ? new ScopedGenerator(this, value, result) : result;
  }

  /** Calls `body` with the value set, until it returns and no longer. */
  syncScope<R>(value: T, body: () => R): R {
    if (typeof body !== "function") throw unexpected("set task-local", "a function", body);
    return runStep(this.#inside(value), body);
  }

  /**
   * The value set by the innermost scope around the running code.
   *
   * @throws {TaskLocalUnsetError} If there is none.
   */
  get(): T {
    const found = this.#find();
    if (found === undefined) throw new TaskLocalUnsetError(this.name);
    return found.value as T;
  }

  /** As {@linkcode get}, but undefined outside every scope. */
  tryGet(): T | undefined {
    return this.#find()?.value as T | undefined;
  }

  /**
   * Calls `body` with the value.
   *
   * @throws {TaskLocalUnsetError} If there is none.
   */
  with<R>(body: (value: T) => R): R {
    return body(this.get());
  }

  /** As {@linkcode with}, but does nothing and returns undefined outside every scope. */
  tryWith<R>(body: (value: T) => R): R | undefined {
    const found = this.#find();
    return found === undefined ? undefined : body(found.value as T);
  }

  #find() {
    let local = tryContext()?.locals;
    while (local !== undefined && local.key !== this) local = local.outer;
    return local;
  }

  #inside(value: T): Context {
    return contextWith(this, value);
  }
}

/** The present context, with one value more. */
function contextWith(key: object, value: unknown): Context {
  const { thread, task, locals } = context();
  return { thread, task, locals: { key, value, outer: locals } };
}

/** Runs `body` in `inner` for its synchronous part alone. */
function runStep<R>(inner: Context, body: () => R): R {
  const outer = beginStep(inner);
  try {
    return body();
  } finally {
    beginStep(outer);
  }
}

function isGenerator(value: unknown): value is Generator {
  return (
    typeof value === "object" &&
    value !== null &&
    Symbol.iterator in value &&
    typeof (value as Partial<Generator>).next === "function"
  );
}

/** A future that has a value wherever it is polled: made by {@linkcode TaskLocal.scope}. */
export class TaskLocalFuture<R, T> extends Future<R> {
  readonly #key: object;
  readonly #inner: Future<R>;
  /** Undefined once it was taken. */
  #kept: { readonly value: T } | undefined;
  /** Made at the first poll: that is where the future turns out to run. */
  #context: Context | undefined;

  /** @internal */
  constructor(key: object, value: T, inner: Future<R>) {
    super();
    this.#key = key;
    this.#kept = { value };
    this.#inner = inner;
  }

  /** Takes the value out: the future goes on without. Undefined if it was taken before. */
  takeValue(): T | undefined {
    const kept = this.#kept;
    const inside = this.#context;
    if (kept !== undefined && inside !== undefined) {
      this.#context = { ...inside, locals: inside.locals?.outer };
    }
    this.#kept = undefined;
    return kept?.value;
  }

  /**
   * The future's value.
   *
   * **Cancel safety.** As that of the future.
   */
  override poll(waker: Waker): R | Pending {
    return runStep(this.#enter(), () => this.#inner.poll(waker));
  }

  /** Gives the future up. */
  override [Symbol.dispose](): void {
    runStep(this.#enter(), () => this.#inner[Symbol.dispose]());
  }

  #enter(): Context {
    this.#context ??=
      this.#kept === undefined ? context() : contextWith(this.#key, this.#kept.value);
    return this.#context;
  }
}

/** Sets a value whenever a generator takes a step. */
class ScopedGenerator<Y, R, N> implements Generator<Y, R, N> {
  readonly #key: object;
  readonly #value: unknown;
  readonly #inner: Generator<Y, R, N>;
  /** Made at the first step: that is where the generator turns out to run. */
  #context: Context | undefined;

  constructor(key: object, value: unknown, inner: Generator<Y, R, N>) {
    this.#key = key;
    this.#value = value;
    this.#inner = inner;
  }

  next(...value: [] | [N]): IteratorResult<Y, R> {
    return this.#step(() => this.#inner.next(...value));
  }

  throw(reason: unknown): IteratorResult<Y, R> {
    return this.#step(() => this.#inner.throw(reason));
  }

  return(value: R): IteratorResult<Y, R> {
    return this.#step(() => this.#inner.return(value));
  }

  [Symbol.iterator](): Generator<Y, R, N> {
    return this;
  }

  [Symbol.dispose](): void {
    this.return(undefined as R);
  }

  #step(body: () => IteratorResult<Y, R>): IteratorResult<Y, R> {
    this.#context ??= contextWith(this.#key, this.#value);
    return runStep(this.#context, body);
  }
}
