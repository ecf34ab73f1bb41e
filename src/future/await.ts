/**
 * Waiting for a future from promise code: what `await future` does.
 *
 * @module
 */

import { type Abortable, beginStep, type Context, carryContext, mayGoOn } from "../core/context.ts";
import type { Continuation, Thread } from "../core/thread.ts";
import { CancelledError } from "../error/cancelled.ts";
import { ClosedError } from "../error/closed.ts";
import { Bridges } from "./bridges.ts";
import type { Future } from "./future.ts";
import { outsideOf } from "./outside.ts";
import { PENDING, type Waker } from "./waker.ts";

type OnValue<T, A> = ((value: T) => A | PromiseLike<A>) | null | undefined;
type OnError<B> = ((reason: unknown) => B | PromiseLike<B>) | null | undefined;

/** So many waits go on inside of each other, each woken by what the one before has called back. */
const DEPTH_MAX = 50;
let depth = 0;

/** `then` of a future, called `here`: polls it now, and again whenever its waker is called. */
export function awaitFuture<T, A, B>(
  future: Future<T>,
  here: Context,
  onValue: OnValue<T, A>,
  onError: OnError<B>,
): PromiseLike<A | B> {
  const wait = new Wait(future, here, onValue, onError);
  wait.start();
  return wait;
}

/**
 * One `await` of a future.
 *
 * `await` ignores what `then` returns, so no promise is made for it: a promise costs more than all
 * the rest here. Whoever does chain gets one, made on demand, from {@linkcode Wait.then}.
 */
class Wait<T, A, B> implements Waker, Continuation, Abortable, PromiseLike<A | B> {
  nextOperation: Abortable | undefined;
  previousOperation: Abortable | undefined;

  readonly #future: Future<T>;
  readonly #onValue: OnValue<T, A>;
  readonly #onError: OnError<B>;
  /** Where the wait began: its polls belong there, whoever causes them. */
  readonly #here: Context;
  /** The core's name for this wait, taken when a leaf first asks; -1 before. */
  #token = -1;
  #state: "idle" | "polling" | "pollAgain" | "done" = "idle";
  #adopted = false;
  /** To futures of other runtimes. Mostly there are none. */
  #bridges: Bridges | undefined;
  /** What the callbacks made of the outcome, once there is one. */
  #result: Promise<A | B> | undefined;
  #onResult: ((result: Promise<A | B>) => void) | undefined;

  constructor(future: Future<T>, here: Context, onValue: OnValue<T, A>, onError: OnError<B>) {
    this.#future = future;
    this.#onValue = onValue;
    this.#onError = onError;
    this.#here = here;
  }

  targetOn(thread: Thread): number {
    if (thread !== this.#here.thread) {
      this.#bridges ??= new Bridges(this);
      return this.#bridges.targetOn(thread);
    }
    return this.#tokenOn(thread) * 2 + 1;
  }

  start(): void {
    const { thread, task } = this.#here;
    if (thread.isClosed) this.#refuse(task !== undefined);
    else if (task?.takeAbort()) this.abort();
    else this.#poll();
    if (this.#hasEnded() || task === undefined) return;
    this.#adopted = true;
    task.adopt(this);
  }

  get context(): Context {
    return this.#here;
  }

  get isWaiting(): boolean {
    return this.#state === "idle" && this.#future.poll !== undefined;
  }

  /** The core has news. */
  resume(): void {
    if (!this.#here.task?.isAborting) this.#goOn();
  }

  /** A future on this thread has news. */
  wake(): void {
    if (this.#state === "polling") this.#state = "pollAgain";
    else if (this.#hasEnded()) return;
    else if (depth < DEPTH_MAX && mayGoOn(this.#here)) this.#goOn();
    else this.defer();
  }

  /** Others go first. */
  defer(): void {
    const { thread } = this.#here;
    thread.core.defer(this.#tokenOn(thread));
    thread.driver.kick();
  }

  /** The runtime is gone. */
  abandon(): void {
    this.abort();
  }

  /** The task around this `await` was aborted; or there is none, and the runtime is gone. */
  abort(): void {
    if (this.#state === "done") return;
    this.#end();
    this.#future[Symbol.dispose]();
    if (this.#here.task === undefined) this.#fail(shutDown());
    else this.#fail(new CancelledError("Cannot go on: the task was aborted"));
  }

  // biome-ignore lint/suspicious/noThenProperty: the return value of a `then` has one itself.
  then<C = A | B, D = never>(onValue?: OnValue<A | B, C>, onError?: OnError<D>): Promise<C | D> {
    const result =
      this.#result ??
      new Promise<A | B>((resolve) => {
        this.#onResult = resolve;
      });
    return result.then(onValue, onError);
  }

  /**
   * Nothing will come any more. What is left of a cancelled task waits for ever: told of it, a loop
   * that tries again would never let the process end.
   */
  #refuse(isTask: boolean): void {
    this.#state = "done";
    this.#future[Symbol.dispose]();
    if (!isTask) this.#fail(shutDown());
  }

  #goOn(): void {
    const outer = beginStep(this.#here);
    depth += 1;
    try {
      this.#poll();
    } finally {
      depth -= 1;
      beginStep(outer);
    }
  }

  #poll(): void {
    if (this.#state !== "idle") return;
    this.#state = "polling";
    let value: T | typeof PENDING;
    try {
      value = this.#future.poll(this);
    } catch (reason) {
      if (this.#hasEnded()) return;
      this.#end();
      this.#fail(reason);
      return;
    }
    // The poll itself may have led to the end of the task around it.
    if (this.#hasEnded()) return;
    if (value === PENDING) {
      this.#rest();
      return;
    }
    this.#end();
    if (this.#onValue) this.#call(this.#onValue, value);
    else this.#report(Promise.resolve(value as unknown as A));
  }

  /** Waits for news. What came during the poll is for the next turn: others may run before. */
  #rest(): void {
    const again = this.#again();
    this.#state = "idle";
    if (again) this.defer();
    if (this.#here.task === undefined) this.#tellOfShutdown();
  }

  /** No task is there that would be. */
  #tellOfShutdown(): void {
    if (this.#adopted) return;
    this.#adopted = true;
    outsideOf(this.#here.thread).adopt(this);
  }

  #tokenOn(thread: Thread): number {
    if (this.#token < 0) this.#token = thread.continuations.add(this);
    return this.#token;
  }

  #hasEnded(): boolean {
    return this.#state === "done";
  }

  #again(): boolean {
    return this.#state === "pollAgain";
  }

  #fail(reason: unknown): void {
    if (this.#onError) this.#call(this.#onError, reason);
    else this.#report(Promise.reject(reason));
  }

  /** Calls back. What the callback makes of it matters only to whoever chained. */
  #call<V>(callback: (value: V) => A | B | PromiseLike<A | B>, value: V): void {
    let result: A | B | PromiseLike<A | B>;
    carryContext(this.#here);
    try {
      result = callback(value);
    } catch (reason) {
      this.#report(Promise.reject(reason));
      return;
    }
    if (result !== undefined || this.#onResult !== undefined) this.#report(Promise.resolve(result));
    else this.#result = RESOLVED as Promise<A | B>;
  }

  #report(result: Promise<A | B>): void {
    this.#result = result;
    this.#onResult?.(result);
  }

  #end(): void {
    this.#state = "done";
    this.#bridges?.remove();
    if (this.#token >= 0) this.#here.thread.continuations.remove(this.#token);
    if (this.#adopted) (this.#here.task ?? outsideOf(this.#here.thread)).disown(this);
  }
}

function shutDown(): ClosedError {
  return new ClosedError("Cannot wait: the runtime has shut down");
}

/** What a chain on an ordinary `await` would see: nobody looks, so it is made once. */
const RESOLVED: Promise<unknown> = Promise.resolve(undefined);
