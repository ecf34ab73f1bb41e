/**
 * Waiting for a future in synchronous code, by turning the thread until it is there.
 *
 * *Microtasks*: the engine never runs one inside of another. Called from one (after an `await`,
 * or at the top level of an ES module), async functions of this thread stand still meanwhile;
 * generators, timers and the other threads go on.
 *
 * @module
 */

import { runInside, tryContext } from "../core/context.ts";
import type { Continuation, Thread } from "../core/thread.ts";
import { ClosedError } from "../error/closed.ts";
import { co, type FutureGenerator, isGenerator } from "./co.ts";
import { Future, PENDING, type Waker } from "./future.ts";

/** What can be driven without the engine's help. */
export type Blockable<T> = Future<T> | FutureGenerator<T> | (() => FutureGenerator<T> | Future<T>);

/** Is this thread inside of {@linkcode blockOn}? */
let isBlocked = false;

/** Drives `work` on its runtime's thread, which is the calling one, to its end. */
export function blockOn<T>(thread: Thread, work: Blockable<T>): T {
  refuseNesting();
  return runInside({ thread, task: undefined }, () => {
    const root = new Root(thread, futureOf(work));
    isBlocked = true;
    try {
      return root.run();
    } finally {
      isBlocked = false;
      root.end();
    }
  });
}

function refuseNesting(): void {
  const here = tryContext();
  if (here?.task !== undefined && !here.task.mayBlock) {
    throw new Error("Cannot block on future: a task would block its worker; await the future");
  }
  if (isBlocked) {
    throw new Error("Cannot block on future: this thread is inside of blockOn already");
  }
}

function futureOf<T>(work: Blockable<T>): Future<T> {
  const made: unknown = typeof work === "function" ? work() : work;
  if (made instanceof Future) return made as Future<T>;
  if (isGenerator<T>(made)) return co(made);
  const found = made instanceof Promise ? "a promise" : typeof made;
  throw new TypeError(
    `Cannot block on future: expected a future or a generator function, got ${found}` +
      (made instanceof Promise ? ", which only the event loop can drive" : ""),
  );
}

/** The future that a thread is blocked on. */
class Root<T> implements Waker, Continuation {
  readonly #thread: Thread;
  readonly #future: Future<T>;
  readonly #token: number;
  #isAwake = true;
  #hasEnded = false;

  constructor(thread: Thread, future: Future<T>) {
    this.#thread = thread;
    this.#future = future;
    this.#token = thread.continuations.add(this);
  }

  run(): T {
    // Ends with the future: between two polls the thread turns and sleeps.
    for (;;) {
      this.#isAwake = false;
      this.#thread.refillBudget();
      const value = this.#future.poll(this);
      if (value !== PENDING) {
        this.#hasEnded = true;
        return value;
      }
      if (this.#thread.isClosed) throw new ClosedError("Cannot wait: the runtime has shut down");
      this.#thread.driver.turnUntil(() => this.#isAwake);
    }
  }

  targetOn(thread: Thread): number {
    this.checkReach(thread);
    return this.#token * 2 + 1;
  }

  checkReach(thread: Thread): void {
    if (thread === this.#thread) return;
    throw new Error(
      "Cannot block on future: it belongs to another runtime, which stands still meanwhile; " +
        "make it inside, as in blockOn(() => sleep(10))",
    );
  }

  defer(): void {
    this.#thread.core.defer(this.#token);
  }

  resume(): void {
    this.#isAwake = true;
  }

  wake(): void {
    this.#isAwake = true;
  }

  end(): void {
    this.#thread.continuations.remove(this.#token);
    if (!this.#hasEnded) this.#future[Symbol.dispose]();
  }
}
