/**
 * Futures and streams polled by hand.
 *
 * @module
 */

import { type Context, context, runInside } from "../core/context.ts";
import type { Continuation, Thread } from "../core/thread.ts";
import { unexpected } from "../error/check.ts";
import { Bridges } from "../future/bridges.ts";
import { Future, PENDING, type Pending, type Waker } from "../future/future.ts";
import type { End, SizeHint } from "../stream/source.ts";
import { Stream } from "../stream/stream.ts";

/** So many polls in a row, and a future that wakes itself is taken for one that never stops. */
const IDLE_POLLS_MAX = 150;

/**
 * Takes a future or a stream into one's own hands: nothing polls it but {@linkcode TestTask.poll},
 * or {@linkcode TestStream.pollNext}.
 *
 * @throws {TypeError} If it is neither.
 */
export function task<T>(stream: Stream<T>): TestStream<T>;
export function task<T>(future: Future<T>): TestTask<T>;
export function task<T>(polled: Future<T> | Stream<T>): TestTask<T> | TestStream<T> {
  if (polled instanceof Stream) return new TestStream(polled);
  if (polled instanceof Future) return new TestTask(polled);
  throw unexpected("make test task", "a future or a stream", polled);
}

/** Something that is polled by hand, and counts how often it is woken. */
abstract class ByHand implements Waker, Continuation, Disposable {
  readonly #polled: Disposable;
  readonly #here: Context;
  /** How it is known to the core, in its own runtime as in others. */
  readonly #bridges = new Bridges(this);
  /** Where it waits. */
  readonly #threads = new Set<Thread>();
  #wakes = 0;
  #wakesSeen = 0;

  constructor(polled: Disposable) {
    this.#polled = polled;
    this.#here = context();
  }

  /** @internal */
  protected pollWith<T>(poll: (waker: Waker) => T | Pending): T | Pending {
    this.#wakesSeen = this.#wakes;
    const { thread } = this.#here;
    thread.refillBudget();
    const value = runInside(this.#here, () => poll(this));
    if (value !== PENDING) this.#bridges.remove();
    return value;
  }

  /** Has it been woken since it was polled? */
  get isWoken(): boolean {
    return this.wakes > this.#wakesSeen;
  }

  /**
   * How often it was woken so far. To tell, the runtime that it waits in takes a turn:
   * timers that are due fire, and generator tasks that are ready go on.
   */
  get wakes(): number {
    for (const thread of this.#threads) thread.driver.turnOnce();
    return this.#wakes;
  }

  /** Gives it up. */
  [Symbol.dispose](): void {
    this.#bridges.remove();
    this.#polled[Symbol.dispose]();
  }

  /** @internal */
  targetOn(thread: Thread): number {
    this.#threads.add(thread);
    return this.#bridges.targetOn(thread);
  }

  /** @internal */
  wake(): void {
    this.#wakes += 1;
  }

  /** @internal */
  resume(): void {
    this.#wakes += 1;
  }

  /** @internal */
  defer(): void {
    const { thread } = this.#here;
    thread.core.defer((this.targetOn(thread) - 1) / 2);
    thread.driver.kick();
  }
}

/**
 * A future that is polled by hand, and counts how often it is woken; made by {@linkcode task}.
 *
 * @example
 * ```ts
 * import { task } from "tokiwa/test";
 *
 * const signal = new Notify();
 * using waiting = task(signal.notified());
 * assertPending(waiting.poll());
 * console.log(waiting.isWoken); // false
 * signal.notifyOne();
 * console.log(waiting.isWoken); // true
 * assertReady(waiting.poll());
 * ```
 */
export class TestTask<T> extends ByHand {
  readonly #future: Future<T>;

  /** For {@linkcode task}. */
  constructor(future: Future<T>) {
    super(future);
    this.#future = future;
  }

  /**
   * Polls the future once, with the cooperation budget of a new poll: its value, or `PENDING`.
   * Throws if the future fails.
   */
  poll(): T | Pending {
    return this.pollWith((waker) => this.#future.poll(waker));
  }

  /**
   * Polls the future, and again for as long as it is woken meanwhile.
   *
   * @throws {Error} If it is still woken after 150 polls.
   */
  pollUntilIdle(): T | Pending {
    for (let polls = 0; polls < IDLE_POLLS_MAX; polls++) {
      const value = this.poll();
      if (value !== PENDING || !this.isWoken) return value;
    }
    throw new Error(`Cannot poll until idle: still woken after ${IDLE_POLLS_MAX} polls`);
  }
}

/**
 * A stream that is polled by hand, and counts how often it is woken; made by {@linkcode task}.
 *
 * @example
 * ```ts
 * import { mockStream, task } from "tokiwa/test";
 *
 * using numbers = task(mockStream<number>().next(1).wait(20).build());
 * console.log(assertReady(numbers.pollNext())); // 1
 * assertPending(numbers.pollNext());
 * ```
 */
export class TestStream<T> extends ByHand {
  readonly #stream: Stream<T>;

  /** For {@linkcode task}. */
  constructor(stream: Stream<T>) {
    super(stream);
    this.#stream = stream;
  }

  /** How many items are left: at least, and at most. */
  get sizeHint(): SizeHint {
    return this.#stream.sizeHint;
  }

  /**
   * Polls the stream once, with the cooperation budget of a new poll: its next item, `PENDING`, or
   * `END`. Throws if that item has failed.
   */
  pollNext(): T | Pending | End {
    return this.pollWith((waker) => this.#stream.pollNext(waker));
  }
}
