/**
 * Waiting for an operation of the core: what the futures of this room have in common.
 *
 * @module
 */

import { BUDGET_PER_POLL } from "../../assembly/shared/limits.ts";
import {
  STAKE_NOBODY,
  SYNC_BUSY,
  SYNC_NO_MEMORY,
  SYNC_STAKE,
} from "../../assembly/shared/verdicts.ts";
import { shownBy } from "../core/inspect.ts";
import { isWaiting, targetOf } from "../core/stakes.ts";
import type { Thread } from "../core/thread.ts";
import { ClosedError } from "../error/closed.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";
import { Future, PENDING, type Pending, type Waker } from "../future/future.ts";

/** The answer to a wait that is over, of an operation that has to be begun once more. */
export const AGAIN: unique symbol = Symbol("again");

/** A wait for what the core tells. Given up, it leaves its line, or passes its grant on. */
export abstract class Wait<T> extends Future<T> {
  static {
    shownBy(Wait, ({ action }) => ({ action }));
  }

  /** @internal */
  protected readonly thread: Thread;
  /** The stake that waits, or has what it waited for; 0 if there is none. */
  #stake = 0;

  /** @internal */
  constructor(thread: Thread) {
    super();
    this.thread = thread;
  }

  /** What it does, for errors, such as `acquire permits`. */
  protected abstract readonly action: string;

  /** Asks the core: a verdict, or a stake that waits or is over as it begins. */
  protected abstract begin(target: number): number;

  /** What a verdict means. May throw. */
  protected abstract settle(verdict: number): T;

  /** What the end of a wait means. Takes over the stake. May throw. */
  protected abstract finish(stake: number): T | typeof AGAIN;

  /** Gives up a wait, or what it was granted. */
  protected giveUp(stake: number): void {
    this.thread.core.stakeDrop(stake);
  }

  override poll(waker: Waker): T | Pending {
    const { thread } = this;
    if (this.#stake !== 0) {
      if (this.#stillWaits(waker)) {
        if (!thread.isClosed) return PENDING;
        // Somebody of another runtime waits, which goes on.
        throw new ClosedError(`Cannot ${this.action}: the runtime is shut down`);
      }
      if (thread.budget <= 0) {
        thread.takeBudget(waker);
        return PENDING;
      }
      const stake = this.#stake;
      this.#stake = 0;
      const value = this.finish(stake);
      thread.driver.kick();
      if (value !== AGAIN) {
        thread.takeBudget(waker);
        return value;
      }
    }
    return this.#begin(waker);
  }

  /** @internal */
  override pollNow(): T | Pending {
    const { thread } = this;
    if (this.#stake !== 0 || thread.budget <= 0 || thread.isClosed) return PENDING;
    return this.#begin(undefined);
  }

  /**
   * Begins before anybody polls, whatever budget is left. The stake that waits, or is over by now;
   * or a verdict, of a wait that did not have to begin.
   */
  protected beginEarly(): number {
    const { thread } = this;
    if (this.#stake !== 0) return this.#stake;
    const { budget } = thread;
    thread.budget = BUDGET_PER_POLL;
    const verdict = this.begin(STAKE_NOBODY);
    thread.budget = budget;
    if (verdict === SYNC_NO_MEMORY) throw new OutOfMemoryError(this.action);
    thread.driver.kick();
    if (verdict >= SYNC_STAKE) this.#stake = verdict;
    return verdict;
  }

  override [Symbol.dispose](): void {
    const stake = this.#stake;
    this.#stake = 0;
    if (stake === 0 || this.thread.isClosed) return;
    this.giveUp(stake);
    this.thread.driver.kick();
  }

  /** Without a waker, the wait that begins tells nobody, until it is polled. */
  #begin(waker: Waker | undefined): T | Pending {
    const { thread } = this;
    const target = waker === undefined ? STAKE_NOBODY : waker.targetOn(thread);
    // Ends: a wait that is over as it begins has seen something come.
    for (;;) {
      const verdict = this.begin(target);
      if (verdict === SYNC_NO_MEMORY) throw new OutOfMemoryError(this.action);
      thread.driver.kick();
      if (verdict === SYNC_BUSY) {
        if (waker !== undefined) thread.putOff(waker);
        return PENDING;
      }
      if (verdict < SYNC_STAKE) return this.settle(verdict);
      if (isWaiting(thread, verdict)) {
        this.#stake = verdict;
        return PENDING;
      }
      const value = this.finish(verdict);
      if (value !== AGAIN) return value;
    }
  }

  /** False if the wait is over. Else it wakes `waker` from here on. */
  #stillWaits(waker: Waker): boolean {
    const { thread } = this;
    const target = waker.targetOn(thread);
    if (!isWaiting(thread, this.#stake)) return false;
    if (targetOf(thread, this.#stake) === target) return true;
    return thread.core.stakeRetarget(this.#stake, target);
  }
}
