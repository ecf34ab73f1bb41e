/**
 * What all operations on sockets have in common: trying, and waiting to try again.
 *
 * @module
 */

import { WAITER_TARGET } from "../../assembly/shared/layout.ts";
import { READABLE, WRITABLE } from "../../assembly/shared/verdicts.ts";
import { shownBy } from "../core/inspect.ts";
import { ENDS_READ, ENDS_WRITE, readinessOf } from "../core/readiness.ts";
import type { Thread } from "../core/thread.ts";
import { ClosedError } from "../error/closed.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";
import { Future, PENDING, type Pending, type Waker } from "../future/future.ts";
import type { SocketBackend } from "./backend.ts";

/** The answer of an attempt that has to wait for readiness. */
export const BLOCKED: unique symbol = Symbol("blocked");
/** The answer of an attempt that did part of its work and may go on at once. */
export const PROGRESS: unique symbol = Symbol("progress");

/** Tries whenever the socket is ready, until it has its value. */
export abstract class Operation<T, B extends SocketBackend = SocketBackend> extends Future<T> {
  static {
    shownBy(Operation, ({ action }) => ({ action }));
  }

  protected readonly backend: B;
  /** What it waits for: READABLE, WRITABLE or both; 0 if it has nothing to wait for. */
  readonly #bits: number;
  /** The one registered wait, or 0. */
  #waiter = 0;

  constructor(backend: B, bits: number) {
    super();
    this.backend = backend;
    this.#bits = bits;
  }

  /** What the operation does, for errors, such as `read`. */
  protected abstract readonly action: string;

  /** One try; the socket is open and said to be ready. */
  protected abstract attempt(): T | typeof BLOCKED | typeof PROGRESS;

  /** True if there is a point in trying. */
  protected isReady(readiness: number): boolean {
    return this.#bits === 0 || (readiness & interestOf(this.#bits)) !== 0;
  }

  override poll(waker: Waker): T | Pending {
    const { thread } = this.backend;
    if (this.#waiter !== 0 && !this.#takeNews(thread, waker)) return PENDING;
    // Ends when it waits, has its value, or has used up the budget, which each round takes from.
    for (;;) {
      if (thread.budget <= 0) {
        thread.takeBudget(waker);
        return PENDING;
      }
      const value = this.#try(thread, waker);
      if (value === BLOCKED) return this.#wait(thread, waker);
      thread.takeBudget(waker);
      if (value !== PROGRESS) return value;
    }
  }

  override [Symbol.dispose](): void {
    if (this.#waiter === 0) return;
    this.backend.thread.core.waiterDrop(this.#waiter);
    this.#waiter = 0;
  }

  #try(thread: Thread, waker: Waker): T | typeof BLOCKED | typeof PROGRESS {
    try {
      const { slot, gone } = this.backend;
      if (slot === 0) throw new ClosedError(`Cannot ${this.action}: ${gone}`);
      return this.isReady(readinessOf(thread, slot)) ? this.attempt() : BLOCKED;
    } catch (reason) {
      // Failing counts as well: whoever tries again at once must not keep others from running.
      thread.takeBudget(waker);
      throw reason;
    }
  }

  /** True if the wait has ended. If not, it is made to wake the latest waker. */
  #takeNews(thread: Thread, waker: Waker): boolean {
    const waiter = this.#waiter;
    const hasFired = thread.hasFired(waiter);
    if (!hasFired && thread.u32[(waiter + WAITER_TARGET) >> 2] === waker.targetOn(thread))
      return false;
    thread.core.waiterDrop(waiter);
    this.#waiter = 0;
    return true;
  }

  #wait(thread: Thread, waker: Waker): Pending {
    const waiter = thread.core.ioWait(this.backend.slot, this.#bits, waker.targetOn(thread));
    if (waiter === 0) throw new OutOfMemoryError(this.action);
    if (!thread.hasFired(waiter)) {
      this.#waiter = waiter;
      // The thread may sleep in its event loop, from before it had this socket to watch.
      thread.driver.kick();
      return PENDING;
    }
    // Said to be ready, and yet it would block: an interrupted call. Try in the next turn.
    thread.core.waiterDrop(waiter);
    waker.defer();
    return PENDING;
  }
}

/** All that ends a wait for `bits`. */
export function interestOf(bits: number): number {
  return ((bits & READABLE) !== 0 ? ENDS_READ : 0) | ((bits & WRITABLE) !== 0 ? ENDS_WRITE : 0);
}
