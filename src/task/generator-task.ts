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
import { isCancelled } from "../core/words.ts";
import { Bridges } from "../future/bridges.ts";
import { asFuture, type FutureGenerator, type Yielded } from "../future/co.ts";
import type { Future } from "../future/future.ts";
import { PENDING, type Waker } from "../future/waker.ts";
import { isCancellation } from "./cancellation.ts";
import { LocalTask } from "./local-task.ts";

/** The generator of a task that returns `T`. */
export type TaskGenerator<T> = FutureGenerator<T>;

/** The prototype of all generators. */
export const generatorPrototype = Object.getPrototypeOf(function* () {}.prototype) as object;

/**
 * Called directly: every generator function has a prototype of its own, so that engines would have
 * to look these up anew for each, at 10 ns.
 */
const { next, throw: throwInto, return: returnFrom } = generatorPrototype as TaskGenerator<unknown>;

/** The few tasks that wait for futures of other runtimes, and how those reach them. */
const bridgesOf = new WeakMap<GeneratorTask<unknown>, Bridges>();

export class GeneratorTask<T> extends LocalTask<T> implements Waker {
  /** The generator; until the first step, perhaps a function that makes it. */
  #body: (() => TaskGenerator<T>) | TaskGenerator<T>;
  /** What the task waits for. */
  #waiting: Future<unknown> | undefined;
  /**
   * Yielding: its poll ends behind everybody else. Cancelling: its `finally` blocks run. They may
   * wait, too; but for the core the task runs from there to its end, so that nothing stops it
   * again: waits are told to the token instead of the task.
   */
  #mode: "going" | "yielding" | "cancelling" = "going";

  constructor(
    thread: Thread,
    body: (() => TaskGenerator<T>) | TaskGenerator<T>,
    name: string | undefined,
  ) {
    super(thread, name);
    this.#body = body;
  }

  targetOn(thread: Thread): number {
    if (thread === this.thread) return this.#target();
    let bridges = bridgesOf.get(this);
    if (bridges === undefined) {
      bridges = new Bridges(this);
      bridgesOf.set(this, bridges);
    }
    return bridges.targetOn(thread);
  }

  #target(): number {
    return this.#mode === "cancelling" ? this.token * 2 + 1 : this.address;
  }

  /** A future on this thread has news. */
  wake(): void {
    if (this.address === 0) return;
    if (this.#mode === "cancelling") this.thread.core.defer(this.token);
    else this.thread.core.wakeTask(this.address);
    this.thread.driver.kick();
  }

  get isWaiting(): boolean {
    return this.#waiting?.poll !== undefined && typeof this.#body === "object";
  }

  /** Others go first. */
  defer(): void {
    if (this.#mode === "cancelling") this.thread.core.defer(this.token);
    else this.#mode = "yielding";
  }

  override resume(reason: number): void {
    const outer = beginStep(this);
    try {
      if (reason === REASON_CANCEL) this.#cancel();
      // A wait's news may come for a token that has passed on to this task meanwhile.
      else if (reason === REASON_RESUME || this.#mode === "cancelling") this.#step();
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
      // Those that begin together are claimed together: one may have aborted the next.
      else if (this.#mode === "going" && isCancelled(this.thread, this.address)) this.#cancel();
      else {
        if (typeof this.#body === "function") this.#body = this.#body();
        this.#drive(next.call(this.#body));
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
      this.#drive(throwInto.call(generator, reason));
      return;
    }
    if (value === PENDING) {
      this.#suspend();
      return;
    }
    this.#waiting = undefined;
    this.#drive(next.call(generator, value));
  }

  /** Goes from wait to wait for as long as they do not have to wait. */
  #drive(first: IteratorResult<Yielded, unknown>): void {
    const generator = this.#body as TaskGenerator<T>;
    let step = first;
    while (!step.done) {
      const future = asFuture(step.value);
      let value: unknown;
      try {
        value = future.poll(this);
      } catch (reason) {
        step = throwInto.call(generator, reason);
        continue;
      }
      if (value === PENDING) {
        this.#waiting = future;
        this.#suspend();
        return;
      }
      step = next.call(generator, value);
    }
    this.#finish(step.value as T);
  }

  #suspend(): void {
    if (this.#mode === "cancelling") return;
    const { core } = this.thread;
    const yields = this.#mode === "yielding";
    if (yields) this.#mode = "going";
    const verdict = yields ? core.yieldTask(this.address) : core.suspendTask(this.address);
    if (verdict === SUSPENDED_CANCELLED) this.#cancel();
  }

  /** Gives up the wait and runs the generator's `finally` blocks. */
  #cancel(): void {
    this.#mode = "cancelling";
    this.#waiting?.[Symbol.dispose]();
    this.#waiting = undefined;
    const body = this.#body;
    if (typeof body === "function") {
      this.#finish(undefined as T);
      return;
    }
    try {
      this.#drive(returnFrom.call(body, undefined));
    } catch (reason) {
      this.#crash(reason);
    }
  }

  #finish(value: T): void {
    this.#leave();
    if (this.#mode === "cancelling") this.fail("cancelled");
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
