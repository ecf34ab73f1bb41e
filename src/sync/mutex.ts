/**
 * Mutexes: one task at a time has the value.
 *
 * @module
 */

import { context } from "../core/context.ts";
import { shownBy } from "../core/inspect.ts";
import { checkBody } from "../error/check.ts";
import { blockOn } from "../future/block-on.ts";
import type { Future } from "../future/future.ts";
import { type WaitOptions, withSignal } from "../future/with-signal.ts";
import { sendable } from "../task/send.ts";
import type { Hold } from "./cell.ts";
import { Content, Guard, Lock } from "./lock.ts";
import type { Codec } from "./message.ts";

/**
 * A value that one task at a time may use. Whoever waits is served in the order in which they came.
 * The guard may be held across waits; and a task that has it cannot lock the mutex once more: that
 * would wait for ever.
 *
 * Without a codec the value is anything, and stays on its worker. With one it is a number, a struct
 * or an array in shared memory, and the mutex may be given to portable tasks and, but for arrays,
 * to guests' tasks, which then share it. A worker that dies unlocks what its tasks had locked, and
 * leaves the values as they are.
 *
 * @example
 * ```ts
 * const total = new Mutex({ sum: 0 }, codec.struct({ sum: codec.f64 }));
 * const add = async (number: number) => {
 *   using guard = await total.lock();
 *   guard.value.sum += number;
 * };
 * await Promise.all([1, 2, 3].map((number) => spawn(() => add(number))));
 * console.log(await total.withLock(({ sum }) => sum)); // 6
 * ```
 */
export class Mutex<T> extends Lock<T> {
  static {
    shownBy(Mutex, ({ isLocked }) => ({ isLocked }));
  }

  get [sendable](): string {
    return "tokiwa.Mutex";
  }

  /**
   * @param codec What the value is, if it is to be shared with other workers: `codec.f64`,
   * `codec.struct({ … })` or `codec.array(codec.u8, 64)`. Then `value` is copied.
   * @throws {TypeError} If the codec is of another kind, or the value of another type.
   * @throws {OutOfMemoryError} If there is no room for it.
   */
  constructor(value: T, codec?: Codec<T>);
  /** @internal */
  constructor(content: Content<T>);
  constructor(value: T | Content<T>, codec?: Codec<T>) {
    super(value instanceof Content ? value : Content.make("make mutex", value, 1, codec));
  }

  /** Does anybody have the value, or wait for it? */
  get isLocked(): boolean {
    return this.cell("look at mutex").available === 0;
  }

  /**
   * Waits for the value, standing in line for it from the first poll on.
   *
   * **Cancel safety.** Giving the wait up loses the place in line.
   */
  lock(options?: WaitOptions): Future<MutexGuard<T>> {
    const action = "lock mutex";
    return withSignal(action, this.cell(action).acquire(action, 1, guardOf<T>, this), options);
  }

  /**
   * As {@linkcode lock}, with this thread asleep until the value is free: in a blocking job, or
   * outside of all tasks.
   *
   * @throws {Error} In any other task, whose worker it would block.
   */
  blockingLock(): MutexGuard<T> {
    return blockOn(context().thread, this.lock());
  }

  /** The guard, if nobody has one or waits for it; else undefined. */
  tryLock(): MutexGuard<T> | undefined {
    const action = "lock mutex";
    const hold = this.cell(action).tryAcquire(action, 1);
    return hold && guardOf(hold, this);
  }

  /**
   * Calls `body` with the value, and unlocks the mutex once it has ended, in whatever way.
   *
   * **Cancel safety.** Aborting the task around it ends the wait for the lock, or what `body` waits
   * for; in either case the mutex is unlocked.
   *
   * @throws Whatever `body` throws.
   */
  async withLock<R>(body: (value: T) => PromiseLike<R> | R, options?: WaitOptions): Promise<R> {
    checkBody("lock mutex", body);
    const guard = await this.lock(options);
    try {
      return await body(guard.value);
    } finally {
      guard[Symbol.dispose]();
    }
  }
}

function guardOf<T>(hold: Hold<T>, mutex: Mutex<T>): MutexGuard<T> {
  return new MutexGuard(hold, mutex);
}

/** The right to use a mutex's value, until it is disposed. */
export class MutexGuard<T> extends Guard<T> {
  static {
    shownBy(MutexGuard, ({ value }) => ({ value }));
  }

  /** The mutex that it is of. */
  readonly mutex: Mutex<T>;

  /** @internal */
  constructor(hold: Hold<T>, mutex: Mutex<T>) {
    super(hold);
    this.mutex = mutex;
  }

  override get value(): T {
    return super.value;
  }
  override set value(value: T) {
    this.hold("write value").value = value;
  }

  /** A guard of what `select` finds in the value. This one must not be used again. */
  map<U>(select: (value: T) => U): MappedMutexGuard<U> {
    return new MappedMutexGuard(this.detachPart(select));
  }

  /** The same, unless that is undefined: then this guard stays as it is, and undefined comes. */
  tryMap<U>(select: (value: T) => U | undefined): MappedMutexGuard<U> | undefined {
    const part = this.detachPartIf(select);
    return part && new MappedMutexGuard(part);
  }
}

/** The right to use a part of a mutex's value, until it is disposed. */
export class MappedMutexGuard<T> extends Guard<T> {
  static {
    shownBy(MappedMutexGuard, ({ value }) => ({ value }));
  }

  /** A guard of what `select` finds in the part. This one must not be used again. */
  map<U>(select: (value: T) => U): MappedMutexGuard<U> {
    return new MappedMutexGuard(this.detachPart(select));
  }

  /** The same, unless that is undefined: then this guard stays as it is, and undefined comes. */
  tryMap<U>(select: (value: T) => U | undefined): MappedMutexGuard<U> | undefined {
    const part = this.detachPartIf(select);
    return part && new MappedMutexGuard(part);
  }
}
