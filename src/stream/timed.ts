/**
 * Operators that look at the clock. To it a failure is an item as any other.
 *
 * @module
 */

import { context } from "../core/context.ts";
import { ElapsedError } from "../error/elapsed.ts";
import { type Future, PENDING, type Pending, type Waker } from "../future/future.ts";
import { END } from "../sync/iterate.ts";
import type { Instant } from "../time/instant.ts";
import type { Interval } from "../time/interval.ts";
import { Sleep } from "../time/sleep.ts";
import { Fused } from "./limits.ts";
import { type End, Operator, type SizeHint, type Source } from "./source.ts";

/** A timer that is set again and again. */
class Delay {
  readonly #ms: number;
  /** Whose clock it looks at, whoever polls: that of another runtime shows another time. */
  readonly #thread = context().thread;
  readonly #sleep: Sleep;

  constructor(ms: number) {
    this.#ms = ms;
    this.#sleep = new Sleep(this.#thread, this.#thread.now() + ms);
  }

  reset(): void {
    this.#sleep.resetMs(this.#thread.now() + this.#ms);
  }

  /** True once the time has come. */
  poll(waker: Waker): boolean {
    return this.#sleep.poll(waker) !== PENDING;
  }

  stop(): void {
    this.#sleep[Symbol.dispose]();
  }
}

/** Fails once for every item that is late, and goes on waiting for it. */
export class TimedOut<T> extends Operator<T, T> {
  readonly #ms: number;
  readonly #delay: Delay;
  /** False when the item that is waited for is known to be late. */
  #isInTime = true;

  constructor(inner: Source<T>, ms: number) {
    super(new Fused(inner));
    this.#ms = ms;
    this.#delay = new Delay(ms);
  }

  override pollNext(waker: Waker): T | Pending | End {
    let hasCome = true;
    try {
      const item = this.inner.pollNext(waker);
      hasCome = item !== PENDING && item !== END;
      if (item === END) this.#delay.stop();
      if (item !== PENDING) return item;
    } finally {
      if (hasCome) this.#restart();
    }
    if (!this.#isInTime || !this.#delay.poll(waker)) return PENDING;
    this.#isInTime = false;
    throw new ElapsedError(this.#ms);
  }

  #restart(): void {
    this.#delay.reset();
    this.#isInTime = true;
  }

  override [Symbol.dispose](): void {
    this.#delay.stop();
    super[Symbol.dispose]();
  }
}

/** Fails at every tick that comes before the item. */
export class TimedOutRepeatedly<T> extends Operator<T, T> {
  readonly #interval: Interval;
  #tick: Future<Instant>;

  constructor(inner: Source<T>, interval: Interval) {
    super(new Fused(inner));
    this.#interval = interval;
    this.#tick = interval.tick();
  }

  override pollNext(waker: Waker): T | Pending | End {
    let hasCome = true;
    try {
      const item = this.inner.pollNext(waker);
      hasCome = item !== PENDING && item !== END;
      if (item === END) this.#tick[Symbol.dispose]();
      if (item !== PENDING) return item;
    } finally {
      if (hasCome) this.#interval.reset();
    }
    if (this.#tick.poll(waker) === PENDING) return PENDING;
    this.#tick = this.#interval.tick();
    throw new ElapsedError(this.#interval.period);
  }

  override [Symbol.dispose](): void {
    this.#tick[Symbol.dispose]();
    super[Symbol.dispose]();
  }
}

/** Asks for the next item only when so much time has passed since the last. */
export class Throttled<T> extends Operator<T, T> {
  readonly #delay: Delay;
  #mayAsk = true;

  constructor(inner: Source<T>, ms: number) {
    super(inner);
    this.#delay = new Delay(ms);
  }

  override get sizeHint(): SizeHint {
    return this.inner.sizeHint;
  }

  override pollNext(waker: Waker): T | Pending | End {
    if (!this.#mayAsk && !this.#delay.poll(waker)) return PENDING;
    this.#mayAsk = true;
    let hasCome = true;
    try {
      const item = this.inner.pollNext(waker);
      hasCome = item !== PENDING && item !== END;
      return item;
    } finally {
      if (hasCome) this.#restart();
    }
  }

  #restart(): void {
    this.#delay.reset();
    this.#mayAsk = false;
  }

  override [Symbol.dispose](): void {
    this.#delay.stop();
    super[Symbol.dispose]();
  }
}

/** Batches: full ones, and what has come within some time of a batch's first item. */
export class Chunks<T> extends Operator<T, T[]> {
  readonly #most: number;
  readonly #delay: Delay;
  #items: T[] = [];
  /** What has failed behind the items of the batch. */
  #failure: { readonly reason: unknown } | undefined;

  constructor(inner: Source<T>, most: number, ms: number) {
    super(new Fused(inner));
    this.#most = most;
    this.#delay = new Delay(ms);
  }

  override get sizeHint(): SizeHint {
    const more = this.#items.length;
    const [atLeast, atMost] = this.inner.sizeHint;
    return [Math.ceil((atLeast + more) / this.#most), atMost + (more > 0 ? 1 : 0)];
  }

  override get isTerminated(): boolean {
    const isEmpty = this.#items.length === 0 && this.#failure === undefined;
    return isEmpty && this.inner.isTerminated;
  }

  override pollNext(waker: Waker): T[] | Pending | End {
    this.#throwFailure();
    for (;;) {
      const item = this.#pollInner(waker);
      if (item === END) return this.#items.length === 0 ? END : this.take();
      if (item === PENDING) break;
      if (this.#items.length === 0) this.#delay.reset();
      this.#items.push(item);
      if (this.#items.length >= this.#most) return this.take();
    }
    if (this.#items.length > 0 && this.#delay.poll(waker)) return this.take();
    return PENDING;
  }

  /** What there is of a batch. */
  take(): T[] {
    const items = this.#items;
    this.#items = [];
    this.#delay.stop();
    return items;
  }

  override [Symbol.dispose](): void {
    this.#delay.stop();
    super[Symbol.dispose]();
  }

  /** As the inner one, but a failure ends the batch before it, if there is one. */
  #pollInner(waker: Waker): T | Pending | End {
    try {
      return this.inner.pollNext(waker);
    } catch (reason) {
      if (this.#items.length === 0) throw reason;
      this.#failure = { reason };
      return END;
    }
  }

  #throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.reason;
  }
}
