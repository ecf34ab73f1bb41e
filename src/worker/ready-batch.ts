/**
 * What a turn of the core has made ready: going on with it, one after the other.
 *
 * @module
 */

import {
  TASK_JOIN_TOKEN,
  WORKER_JOINING,
  WORKER_READY,
  WORKER_READY_COUNT,
} from "../../assembly/shared/layout.ts";
import {
  REASON_CALL,
  REASON_CANCEL,
  REASON_JOIN,
  REASON_ORPHAN,
  REASON_START,
  REASON_TAKEN,
} from "../../assembly/shared/verdicts.ts";
import { isMacrotaskOpen, mayGoOn, needsOwnMacrotask } from "../core/context.ts";
import type { Thread } from "../core/thread.ts";
import type { EventLoop } from "../platform/platform.ts";
import { GeneratorTask } from "../task/generator-task.ts";
import type { PollObserver } from "./observer.ts";

/**
 * How many polls of async functions share one run of the microtasks, and their budgets. Measured:
 * a run for each would cost 0.4 µs, a third of a whole echo; all 61 together would let one greedy
 * function have everybody's budget.
 */
const DRAIN_TOGETHER = 16;

/** So many waits, and a processor's nearest caches no longer hold them all. A guess. */
const MANY_WAITS = 4096;

export class ReadyBatch {
  readonly #thread: Thread;
  readonly #loop: EventLoop;
  readonly #observer: PollObserver | undefined;
  /** The part of the ready buffer that has not been seen to: a nested turn takes it over. */
  #nextReady = 0;
  #readyCount = 0;
  /** How many of the batch wait. Nobody reads it: see {@linkcode ReadyBatch.#gather}. */
  waiting = 0;

  constructor(thread: Thread, loop: EventLoop, observer: PollObserver | undefined) {
    this.#thread = thread;
    this.#loop = loop;
    this.#observer = observer;
  }

  /** Is there anything in the ready buffer that has not been seen to? */
  get hasRest(): boolean {
    return this.#nextReady < this.#readyCount;
  }

  /** Goes on with what is in the ready buffer, as {@linkcode takeSome} does. How much that is. */
  take(): number {
    const { u32, worker } = this.#thread;
    this.#nextReady = 0;
    this.#readyCount = u32[(worker + WORKER_READY_COUNT) >> 2] as number;
    const count = this.#readyCount;
    if (this.#thread.continuations.size > MANY_WAITS) this.waiting = this.#gather();
    this.takeSome();
    return count;
  }

  /**
   * Looks at everybody in the ready buffer. Tasks that slept lie scattered over the memory, and the
   * first look at each is slow; one after the other, without their polls in between, processors
   * do several at a time. Measured: of 100,000 sleepers, a quarter of the cost of their waking.
   * The count makes sure that engines do look.
   */
  #gather(): number {
    const { continuations, u32, worker } = this.#thread;
    const first = (worker + WORKER_READY) >> 2;
    let waiting = 0;
    for (let entry = first; entry < first + this.#readyCount * 2; entry += 2) {
      const reason = u32[entry + 1] as number;
      if (reason === REASON_START || reason === REASON_JOIN || reason === REASON_CALL) continue;
      if (continuations.get(u32[entry] as number)?.isWaiting) waiting += 1;
    }
    return waiting;
  }

  /** Goes on with all that is left, in the macrotask of the caller, which may be part of it. */
  takeRest(): void {
    while (this.hasRest) this.takeSome();
  }

  /**
   * Goes on with what is left, letting microtasks run in between. Where these lose their context
   * otherwise, no further than they can have the macrotask for themselves.
   */
  takeSome(): void {
    const { u32, worker } = this.#thread;
    const observer = this.#observer;
    const together = observer === undefined ? DRAIN_TOGETHER : 1;
    let unsettled = 0;
    while (this.hasRest) {
      const entry = this.#entryAt(this.#nextReady++);
      const value = u32[entry] as number;
      const reason = u32[entry + 1] as number;
      // First: the burial sees to it from here on.
      if (reason === REASON_JOIN) u32[(worker + WORKER_JOINING) >> 2] = value;
      u32[entry + 1] = REASON_TAKEN;
      // What one of the batch has got, its code has before it hears that its task was aborted.
      if (reason === REASON_CANCEL) this.#loop.drainMicrotasks?.();
      this.#thread.refillBudget();
      observer?.before(value, reason);
      // An async function goes on in microtasks: they are its poll. A generator has had its own.
      if (!this.#goOn(value, reason)) unsettled += 1;
      const isFull = unsettled >= together || !this.#nextFits();
      if (isFull) {
        this.#thread.refillBudget(unsettled);
        this.#loop.drainMicrotasks?.();
        unsettled = 0;
      }
      observer?.after();
      if (isFull && needsOwnMacrotask()) return;
    }
  }

  /** Is there a next one, whose promise code may go on in this macrotask as well? */
  #nextFits(): boolean {
    if (!this.hasRest) return false;
    if (!needsOwnMacrotask()) return true;
    const entry = this.#entryAt(this.#nextReady);
    const value = this.#thread.u32[entry] as number;
    const reason = this.#thread.u32[entry + 1] as number;
    if (reason === REASON_START || reason === REASON_CALL) return isMacrotaskOpen();
    // Whoever joins looks for itself.
    if (reason === REASON_JOIN || reason === REASON_ORPHAN) return true;
    const context = this.#thread.continuations.get(value)?.context;
    return context === undefined || mayGoOn(context);
  }

  #entryAt(place: number): number {
    return ((this.#thread.worker + WORKER_READY) >> 2) + place * 2;
  }

  /** One entry; true if the poll is over, false if it goes on in microtasks. */
  #goOn(value: number, reason: number): boolean {
    if (reason === REASON_START) {
      this.#thread.runner?.start(value);
      return false;
    }
    if (reason === REASON_CALL) {
      this.#thread.guests?.takeCall(value);
      return false;
    }
    if (reason === REASON_ORPHAN) {
      this.#thread.runner?.bury(value);
      return true;
    }
    const { continuations, u32 } = this.#thread;
    const token = reason === REASON_JOIN ? (u32[(value + TASK_JOIN_TOKEN) >> 2] as number) : value;
    const continuation = continuations.get(token);
    continuation?.resume(reason);
    return continuation instanceof GeneratorTask;
  }
}
