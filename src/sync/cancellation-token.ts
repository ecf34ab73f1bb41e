/**
 * Telling tasks that they are to end.
 *
 * @module
 */

import { SYNC_NO_MEMORY } from "../../assembly/shared/verdicts.ts";
import { type Context, context, runInside } from "../core/context.ts";
import { shownBy } from "../core/inspect.ts";
import { stakesOf } from "../core/stakes.ts";
import type { Continuation, Thread } from "../core/thread.ts";
import { Future, PENDING, type Pending, type Waker } from "../future/future.ts";
import { type WaitOptions, withSignal } from "../future/with-signal.ts";
import { toFuture, type Work } from "../future/work.ts";
import { sendable } from "../task/send.ts";
import { made, Origin, SharedHandle } from "./handle.ts";
import { another } from "./transfer.ts";
import { Wait } from "./wait.ts";

/**
 * A flag that is raised once, and that tasks may look at or wait for.
 *
 * It may be given to portable tasks and to guests' tasks, which then share it.
 *
 * @example
 * ```ts
 * const token = new CancellationToken();
 * const task = spawn(async () => {
 *   const result = await token.childToken().runUntilCancelled(sleep(60_000));
 *   return result === undefined ? "ended early" : "slept";
 * });
 * token.cancel();
 * console.log(await task); // ended early
 * ```
 */
export class CancellationToken extends SharedHandle {
  static {
    shownBy(CancellationToken, ({ isCancelled }) => ({ isCancelled }));
  }

  get [sendable](): string {
    return "tokiwa.CancellationToken";
  }

  /** Made when somebody asks for the signal. */
  #controller: AbortController | undefined;
  /** The wait behind the signal. */
  #aborting: Aborting | undefined;

  constructor();
  /** @internal */
  constructor(origin: Origin);
  constructor(from?: Origin) {
    super(from instanceof Origin ? from : create(context().thread, 0));
  }

  /** Has it been cancelled, or one that it comes from? */
  get isCancelled(): boolean {
    return Boolean(this.thread.core.tokenIsCancelled(this.primitive("look at token")));
  }

  /** A token that is cancelled with this one. Cancelling it does nothing to this one. */
  childToken(): CancellationToken {
    return new CancellationToken(create(this.thread, this.primitive("make child token")));
  }

  /** Cancels the token and all that come from it, for good. */
  cancel(): void {
    this.thread.core.tokenCancel(this.primitive("cancel"));
    this.thread.driver.kick();
  }

  /**
   * Waits until it is cancelled.
   *
   * **Cancel safety.** Nothing is lost.
   */
  cancelled(options?: WaitOptions): Future<void> {
    return withSignal("wait for the cancellation", new Cancelled(this), options);
  }

  /**
   * A signal that aborts with the token: for `fetch` and others that take one. Unlike a wait
   * for {@linkcode cancelled}, it does not keep the process. Once the token is disposed, the signal
   * stays as it is.
   */
  get signal(): AbortSignal {
    if (this.#controller !== undefined) return this.#controller.signal;
    const controller = new AbortController();
    this.#controller = controller;
    if (this.isCancelled) controller.abort();
    else this.#aborting = new Aborting(this, controller);
    this.#aborting?.poll();
    return controller.signal;
  }

  override [Symbol.dispose](): void {
    this.#aborting?.[Symbol.dispose]();
    super[Symbol.dispose]();
  }

  /** Cancels the token as it is disposed, unless it is disarmed before. */
  dropGuard(): DropGuard {
    return new DropGuard(this);
  }

  /**
   * Waits for `work`, but not longer than to the cancellation: then it is given up, and undefined
   * comes instead.
   *
   * **Cancel safety.** As that of `work`.
   *
   * @param work As for `timeout`.
   */
  runUntilCancelled<T>(work: Work<T>): Future<T | undefined> {
    return new Until(this, toFuture(work, "run until cancelled"));
  }
}

function create(thread: Thread, above: number): Origin {
  return made(thread, thread.core.tokenCreate(above, stakesOf(thread)), "token");
}

/** Cancels its token as it is disposed: see {@linkcode CancellationToken.dropGuard}. */
export class DropGuard implements Disposable {
  #token: CancellationToken | undefined;

  /** @internal */
  constructor(token: CancellationToken) {
    this.#token = token;
  }

  /** The token that it is for; undefined once it was disarmed, or disposed. */
  get token(): CancellationToken | undefined {
    return this.#token;
  }

  /** Gives the token back, which is not cancelled then; undefined if it has been. */
  disarm(): CancellationToken | undefined {
    const token = this.#token;
    this.#token = undefined;
    return token;
  }

  [Symbol.dispose](): void {
    this.disarm()?.cancel();
  }
}

class Cancelled extends Wait<void> {
  protected readonly action = "wait for the cancellation";
  readonly #token: CancellationToken;
  /** A handle of the wait's own, which stays until it is over. */
  #handle = 0;

  constructor(token: CancellationToken) {
    super(token.thread);
    this.#token = token;
  }

  protected override begin(target: number): number {
    const { thread } = this;
    const address = this.#token.primitive(this.action);
    if (this.#handle === 0) this.#handle = another(this.#token);
    if (this.#handle === SYNC_NO_MEMORY) return SYNC_NO_MEMORY;
    return thread.core.tokenCancelled(address, stakesOf(thread), target);
  }

  protected override settle(): void {
    this.#dropHandle();
  }

  protected override finish(stake: number): void {
    this.giveUp(stake);
    this.#dropHandle();
  }

  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    this.#dropHandle();
  }

  #dropHandle(): void {
    const handle = this.#handle;
    this.#handle = 0;
    if (handle !== 0 && !this.thread.isClosed) this.thread.core.stakeDrop(handle);
  }
}

/** Aborts a signal with its token: no task's wait, and nobody stays for it. */
class Aborting implements Waker, Continuation, Disposable {
  readonly #thread: Thread;
  readonly #cancelled: Cancelled;
  readonly #controller: AbortController;
  /** -1 once it is over. */
  #token: number;

  constructor(token: CancellationToken, controller: AbortController) {
    this.#thread = token.thread;
    this.#cancelled = new Cancelled(token);
    this.#controller = controller;
    this.#token = token.thread.continuations.addBackground(this);
  }

  poll(): void {
    if (this.#token < 0 || this.#cancelled.poll(this) === PENDING) return;
    this[Symbol.dispose]();
    runInside(this.context, () => this.#controller.abort());
  }

  /** Its listeners are no task's, whoever asked for the signal. */
  get context(): Context {
    return { thread: this.#thread, task: undefined };
  }

  [Symbol.dispose](): void {
    if (this.#token < 0) return;
    this.#cancelled[Symbol.dispose]();
    this.#thread.continuations.remove(this.#token);
    this.#token = -1;
  }

  targetOn(): number {
    return this.#token * 2 + 1;
  }

  resume(): void {
    this.poll();
  }

  wake(): void {
    this.poll();
  }

  defer(): void {
    this.#thread.core.defer(this.#token);
    this.#thread.driver.kick();
  }
}

class Until<T> extends Future<T | undefined> {
  readonly #token: CancellationToken;
  readonly #cancelled: Cancelled;
  readonly #work: Future<T>;
  #hasBegun = false;

  constructor(token: CancellationToken, work: Future<T>) {
    super();
    this.#token = token;
    this.#cancelled = new Cancelled(token);
    this.#work = work;
  }

  override poll(waker: Waker): T | undefined | Pending {
    if (!this.#hasBegun && this.#token.isCancelled) return this.#end();
    this.#hasBegun = true;
    const value = this.#pollWork(waker);
    if (value !== PENDING) {
      this.#cancelled[Symbol.dispose]();
      return value;
    }
    return this.#cancelled.poll(waker) === PENDING ? PENDING : this.#end();
  }

  override [Symbol.dispose](): void {
    this.#cancelled[Symbol.dispose]();
    this.#work[Symbol.dispose]();
  }

  #pollWork(waker: Waker): T | Pending {
    try {
      return this.#work.poll(waker);
    } catch (reason) {
      this.#cancelled[Symbol.dispose]();
      throw reason;
    }
  }

  #end(): undefined {
    this[Symbol.dispose]();
    return undefined;
  }
}
