/**
 * Waiting for a time to come.
 *
 * @module
 */

import { WAITER_TARGET } from "../../assembly/shared/layout.ts";
import { listen, unlisten } from "../core/abort-line.ts";
import { context } from "../core/context.ts";
import type { Thread } from "../core/thread.ts";
import { checkOptions, checkSignal } from "../error/check.ts";
import { ClosedError } from "../error/closed.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";
import { Future, PENDING, type Pending, type Waker } from "../future/future.ts";
import { delayMs } from "./duration.ts";
import { type Instant, instantOf, msOn } from "./instant.ts";

/** How to sleep. */
export interface SleepOptions {
  /** Ends the wait when it aborts: the sleep then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** In place of a waiter: the time has come, and the waiter is given back. */
const ELAPSED = -1;
/** A target that stands for nobody. */
const NOBODY = 0;

/**
 * Waits for `ms` milliseconds, counted from this call.
 *
 * It never ends early, and up to a millisecond late even on an idle machine: the clock ticks in
 * whole milliseconds. A negative delay is 0; one beyond 30 years (`Infinity`, say) is cut there.
 *
 * **Cancel safety.** Nothing is lost.
 *
 * @throws {RangeError} If `ms` is not a number.
 * @throws {TypeError} If an option does not exist, or `signal` is no signal.
 *
 * @example
 * ```ts
 * const start = Instant.now();
 * await sleep(10);
 * console.log(start.elapsed() >= 10); // true
 * ```
 */
export function sleep(ms: number, options?: SleepOptions): Sleep {
  const thread = timedThread("sleep");
  return make(thread, thread.now() + delayMs(ms, "sleep"), options);
}

/**
 * Waits until `deadline`. See {@linkcode sleep}.
 *
 * **Cancel safety.** Nothing is lost.
 */
export function sleepUntil(deadline: Instant, options?: SleepOptions): Sleep {
  const thread = timedThread("sleep");
  return make(thread, msOn(thread, deadline, "sleep"), options);
}

function make(thread: Thread, deadlineMs: number, options: SleepOptions | undefined): Sleep {
  if (options === undefined) return new Sleep(thread, deadlineMs);
  const signal = checkSignal("sleep", checkOptions("sleep", options, ["signal"]).signal);
  if (signal === undefined) return new Sleep(thread, deadlineMs);
  return new AbortableSleep(thread, deadlineMs, signal);
}

/**
 * The thread of the running code, if its runtime keeps time.
 *
 * @throws {Error} If it does not.
 */
export function timedThread(action: string): Thread {
  const { thread } = context();
  if (thread.identity.timeEnabled) return thread;
  throw new Error(`Cannot ${action}: time is disabled on this runtime`);
}

/**
 * A wait for a time to come, made by {@linkcode sleep} and {@linkcode sleepUntil}.
 *
 * The timer starts when the sleep is first waited for. It can be {@linkcode reset}, before and
 * after it has elapsed, and waited for again.
 *
 * **Cancel safety.** Nothing is lost. Dispose a sleep that nobody waits for, or leave it: a timer
 * that was never started holds nothing.
 */
export class Sleep extends Future<void> {
  readonly #thread: Thread;
  /**
   * On the clock of the thread, in whole milliseconds: for 24 days, engines keep such a number in
   * the object itself. They only do so for all if the place did not begin with a number.
   */
  #deadlineMs: number | undefined = undefined;
  /** The core's timer; 0 while it is not started, {@linkcode ELAPSED} once it is given back. */
  #waiter = 0;

  /** For {@linkcode sleep} and its neighbours. */
  constructor(thread: Thread, deadlineMs: number) {
    super();
    this.#thread = thread;
    this.#deadlineMs = Math.ceil(deadlineMs);
  }

  /** When it is due: what was asked for, rounded up to a tick of the runtime's clock. */
  get deadline(): Instant {
    return instantOf(this.#thread, this.#deadlineMs as number);
  }

  /** True once the time has come and the runtime has noticed. */
  get isElapsed(): boolean {
    const waiter = this.#waiter;
    return waiter === ELAPSED || (waiter !== 0 && this.#thread.hasFired(waiter));
  }

  /** Moves the deadline, whether or not it has passed. Whoever waits goes on waiting. */
  reset(deadline: Instant): void {
    this.resetMs(msOn(this.#thread, deadline, "reset sleep"));
  }

  /** As {@linkcode reset}, in milliseconds on the thread's clock. */
  resetMs(deadlineMs: number): void {
    this.#deadlineMs = Math.ceil(deadlineMs);
    const waiter = this.#waiter;
    if (waiter === ELAPSED) this.#waiter = 0;
    else if (waiter !== 0) this.#move(waiter, this.#targetOf(waiter));
  }

  /**
   * Starts the timer now, although nobody waits yet. Then {@linkcode isElapsed} tells; and the
   * timer must be given back, by waiting for it or by disposing it.
   *
   * @throws {OutOfMemoryError} If there is no room for another timer.
   * @throws {ClosedError} If the runtime has been shut down.
   */
  arm(): void {
    if (this.#waiter === 0) this.#start(NOBODY);
  }

  /** @internal */
  override get beginsPending(): boolean {
    return this.#waiter === 0;
  }

  poll(waker: Waker): void | Pending {
    const waiter = this.#waiter;
    if (waiter === ELAPSED) return undefined;
    if (waiter === 0) this.#start(waker.targetOn(this.#thread));
    else if (this.#thread.hasFired(waiter)) return this.#finish(waiter, waker);
    else {
      const target = waker.targetOn(this.#thread);
      if (this.#targetOf(waiter) !== target) this.#move(waiter, target);
    }
    return PENDING;
  }

  /** Stops the timer. Whoever waits for it is not told; waiting again starts it again. */
  [Symbol.dispose](): void {
    const waiter = this.#waiter;
    if (waiter === 0 || waiter === ELAPSED) return;
    this.#waiter = 0;
    this.#thread.core.waiterDrop(waiter);
  }

  #finish(waiter: number, waker: Waker): void | Pending {
    if (!this.#thread.takeBudget(waker)) return PENDING;
    this.#waiter = ELAPSED;
    this.#thread.core.waiterDrop(waiter);
    return undefined;
  }

  #start(target: number): void {
    const thread = this.#thread;
    if (thread.isClosed) throw new ClosedError("Cannot sleep: the runtime is shut down");
    const waiter = thread.core.timerArm(this.#deadlineMs as number, target);
    if (waiter === 0) throw new OutOfMemoryError("sleep");
    this.#waiter = waiter;
    thread.driver.kick();
  }

  #move(waiter: number, target: number): void {
    // One that has fired is on its way to somebody: the core then takes another.
    const moved = this.#thread.core.timerReset(waiter, this.#deadlineMs as number, target);
    this.#waiter = moved;
    if (moved === 0) throw new OutOfMemoryError("sleep");
    this.#thread.driver.kick();
  }

  #targetOf(waiter: number): number {
    return this.#thread.u32[(waiter + WAITER_TARGET) >> 2] as number;
  }
}

/** A sleep that a signal can end. Apart, so that the many that none can end stay small. */
class AbortableSleep extends Sleep {
  readonly #signal: AbortSignal;
  /** Who asked last; set while the signal is listened to. */
  #waker: Waker | undefined;
  readonly #onAbort = () => this.#waker?.wake();

  constructor(thread: Thread, deadlineMs: number, signal: AbortSignal) {
    super(thread, deadlineMs);
    this.#signal = signal;
  }

  /** @internal */
  override get beginsPending(): boolean {
    return super.beginsPending && !this.#signal.aborted;
  }

  override poll(waker: Waker): void | Pending {
    if (this.#signal.aborted) {
      this[Symbol.dispose]();
      throw this.#signal.reason;
    }
    const answer = super.poll(waker);
    if (answer === PENDING) this.#listen(waker);
    else this.#unlisten();
    return answer;
  }

  override [Symbol.dispose](): void {
    this.#unlisten();
    super[Symbol.dispose]();
  }

  #listen(waker: Waker): void {
    if (this.#waker === undefined) listen(this.#signal, this.#onAbort);
    this.#waker = waker;
  }

  #unlisten(): void {
    if (this.#waker !== undefined) unlisten(this.#signal, this.#onAbort);
    this.#waker = undefined;
  }
}
