/**
 * Tasks made of a generator: each wait is a `yield*`, each step is a plain call.
 *
 * They cost less than async functions, and can be cancelled at any wait.
 *
 * @module
 */

import {
  REASON_CANCEL,
  REASON_RESUME,
  SUSPENDED_CANCELLED,
} from "../../assembly/shared/verdicts.ts";
import { beginStep } from "../core/context.ts";
import type { Thread } from "../core/thread.ts";
import { Bridges } from "../future/bridges.ts";
import { asFuture, type FutureGenerator, type Yielded } from "../future/from-generator.ts";
import { Future } from "../future/future.ts";
import { PENDING, type Waker } from "../future/waker.ts";
import { LocalTask } from "./local-task.ts";
import { isCancellation } from "./outcome.ts";

/** The generator of a task that returns `T`. */
export type TaskGenerator<T> = FutureGenerator<T>;

/** The few tasks that wait for futures of other runtimes, and how those reach them. */
const bridgesOf = new WeakMap<GeneratorTask<unknown>, Bridges>();

export class GeneratorTask<T> extends LocalTask<T> implements Waker {
  /** The generator; until the first step, perhaps a function that makes it. */
  #body: (() => TaskGenerator<T>) | TaskGenerator<T>;
  /** What the task waits for. */
  #waiting: Future<unknown> | undefined;
  /**
   * Its `finally` blocks run. They may wait, too; but for the core the task runs from here to its
   * end, so that nothing stops it again: waits are told to the token instead of the task.
   */
  #cancelling = false;

  constructor(
    thread: Thread,
    body: (() => TaskGenerator<T>) | TaskGenerator<T>,
    name: string | undefined,
  ) {
    super(thread, name);
    this.#body = body;
  }

  targetOn(thread: Thread): number {
    if (thread === this.thread) return this.#target;
    let bridges = bridgesOf.get(this);
    if (bridges === undefined) {
      bridges = new Bridges(this);
      bridgesOf.set(this, bridges);
    }
    return bridges.targetOn(thread);
  }

  get #target(): number {
    return this.#cancelling ? this.token * 2 + 1 : this.address;
  }

  /** A future on this thread has news. */
  wake(): void {
    if (this.address === 0) return;
    if (this.#cancelling) this.thread.core.defer(this.#target);
    else this.thread.core.wakeTask(this.address);
    this.thread.driver.kick();
  }

  get isWaiting(): boolean {
    return typeof this.#body === "object" && this.#waiting instanceof Future;
  }

  override resume(reason: number): void {
    const outer = beginStep(this);
    try {
      if (reason === REASON_CANCEL) this.#cancel();
      // A wait's news may come for a token that has passed on to this task meanwhile.
      else if (reason === REASON_RESUME || this.#cancelling) this.#step();
    } finally {
      beginStep(outer);
    }
  }

  // Waits of a generator task are disposed of by `return()`: nothing has to be adopted.
  override adopt(): void {}
  override disown(): void {}
  override takeAbort(): boolean {
    return false;
  }

  #step(): void {
    try {
      if (this.#waiting !== undefined) this.#goOn(this.#waiting);
      else {
        if (typeof this.#body === "function") this.#body = this.#body();
        this.#drive(this.#body.next());
      }
    } catch (reason) {
      this.#crash(reason);
    }
  }

  /** Polls what the task waits for, and gives the generator what came of it. */
  #goOn(future: Future<unknown>): void {
    const generator = this.#body as TaskGenerator<T>;
    let value: unknown;
    try {
      value = future.poll(this);
    } catch (reason) {
      this.#waiting = undefined;
      this.#drive(generator.throw(reason));
      return;
    }
    if (value === PENDING) {
      this.#suspend();
      return;
    }
    this.#waiting = undefined;
    this.#drive(generator.next(value));
  }

  /** Goes from wait to wait for as long as they do not have to wait. */
  #drive(first: IteratorResult<Yielded, T>): void {
    const generator = this.#body as TaskGenerator<T>;
    let step = first;
    while (!step.done) {
      const future = asFuture(step.value);
      let value: unknown;
      try {
        value = future.poll(this);
      } catch (reason) {
        step = generator.throw(reason);
        continue;
      }
      if (value === PENDING) {
        this.#waiting = future;
        this.#suspend();
        return;
      }
      step = generator.next(value);
    }
    this.#finish(step.value);
  }

  #suspend(): void {
    if (this.#cancelling) return;
    if (this.thread.core.suspendTask(this.address) === SUSPENDED_CANCELLED) this.#cancel();
  }

  /** Gives up the wait and runs the generator's `finally` blocks. */
  #cancel(): void {
    this.#cancelling = true;
    this.#waiting?.[Symbol.dispose]();
    this.#waiting = undefined;
    const body = this.#body;
    if (typeof body === "function") {
      this.#finish(undefined as T);
      return;
    }
    try {
      this.#drive(body.return(undefined as T));
    } catch (reason) {
      this.#crash(reason);
    }
  }

  #finish(value: T): void {
    this.#leave();
    if (this.#cancelling) this.fail("cancelled");
    else this.succeed(value);
  }

  #crash(reason: unknown): void {
    this.#waiting = undefined;
    this.#leave();
    if (isCancellation(this.thread, reason)) this.fail("cancelled");
    else this.fail("panic", reason);
  }

  #leave(): void {
    bridgesOf.get(this)?.remove();
    this.end();
  }
}
