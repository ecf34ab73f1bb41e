/**
 * Locks for readers and writers: many may read at a time, or one write.
 *
 * @module
 */

import { PERMITS_MAX } from "../../assembly/shared/limits.ts";
import { context } from "../core/context.ts";
import { shownBy } from "../core/inspect.ts";
import { checkOptions, checkWhole } from "../error/check.ts";
import { blockOn } from "../future/block-on.ts";
import type { Future } from "../future/future.ts";
import { type WaitOptions, withSignal } from "../future/with-signal.ts";
import { sendable } from "../task/send.ts";
import type { Hold } from "./cell.ts";
import { Content, Guard, Lock } from "./lock.ts";
import type { Codec } from "./message.ts";

/** How to make a lock. */
export interface RwLockOptions<T> {
  /** What the value is, if it is to be shared with other workers: as for a `Mutex`. */
  readonly codec?: Codec<T> | undefined;
  /** How many may read at a time; by default more than there can be tasks. */
  readonly maxReaders?: number | undefined;
}

/**
 * A value that many tasks may read at a time, or one change. Whoever waits is served in the order
 * in which they came: behind a writer who waits, new readers wait as well. So a task that reads
 * must not ask to read once more, or to write.
 *
 * Without a codec the value is anything, and stays on its worker. With one the lock may be given to
 * portable tasks and, but for arrays and locks with `maxReaders`, to guests' tasks. A worker that
 * dies unlocks what its tasks had locked, and leaves the values as they are.
 *
 * @example
 * ```ts
 * const prices = new RwLock(new Map([["tea", 3]]));
 * const priceOf = async (name: string) => {
 *   using guard = await prices.read();
 *   return guard.value.get(name);
 * };
 * {
 *   using guard = await prices.write();
 *   guard.value.set("tea", 4);
 * }
 * console.log(await Promise.all([priceOf("tea"), priceOf("milk")])); // [ 4, undefined ]
 * ```
 */
export class RwLock<T> extends Lock<T> {
  static {
    shownBy(RwLock, ({ maxReaders }) => ({ maxReaders }));
  }

  get [sendable](): string {
    return "tokiwa.RwLock";
  }

  /** How many may read at a time. */
  readonly maxReaders: number;

  /**
   * @throws {RangeError} If `maxReaders` is no whole number from 1 to 2 ** 29 - 1.
   * @throws {TypeError} If the codec is of another kind, or the value of another type.
   * @throws {OutOfMemoryError} If there is no room for it.
   */
  constructor(value: T, options?: RwLockOptions<T>);
  /** @internal */
  constructor(content: Content<T>);
  constructor(value: T | Content<T>, options?: RwLockOptions<T>) {
    super(value instanceof Content ? value : create(value, options));
    this.maxReaders = this.cell("make lock").permits;
  }

  /**
   * Waits until nobody writes, behind all who came before: from the first poll on.
   *
   * **Cancel safety.** Giving the wait up loses the place in line.
   */
  read(options?: WaitOptions): Future<RwLockReadGuard<T>> {
    const action = "read-lock";
    const wait = this.cell(action).acquire(action, 1, readerOf<T>, this);
    return withSignal(action, wait, options);
  }

  /**
   * Waits until nobody reads or writes, behind all who came before: from the first poll on.
   *
   * **Cancel safety.** Giving the wait up loses the place in line.
   */
  write(options?: WaitOptions): Future<RwLockWriteGuard<T>> {
    const action = "write-lock";
    const wait = this.cell(action).acquire(action, this.maxReaders, writerOf<T>, this);
    return withSignal(action, wait, options);
  }

  /**
   * As {@linkcode read}, with this thread asleep until nobody writes: in a blocking job, or outside
   * of all tasks.
   *
   * @throws {Error} In any other task, whose worker it would block.
   */
  blockingRead(): RwLockReadGuard<T> {
    return blockOn(context().thread, this.read());
  }

  /** As {@linkcode write}, with this thread asleep as in {@linkcode blockingRead}. */
  blockingWrite(): RwLockWriteGuard<T> {
    return blockOn(context().thread, this.write());
  }

  /** A reader's guard, if nobody writes or waits, and there are not too many; else undefined. */
  tryRead(): RwLockReadGuard<T> | undefined {
    const action = "read-lock";
    const hold = this.cell(action).tryAcquire(action, 1);
    return hold && readerOf(hold, this);
  }

  /** A writer's guard, if nobody reads, writes or waits; else undefined. */
  tryWrite(): RwLockWriteGuard<T> | undefined {
    const action = "write-lock";
    const hold = this.cell(action).tryAcquire(action, this.maxReaders);
    return hold && writerOf(hold, this);
  }
}

function readerOf<T>(hold: Hold<T>, lock: RwLock<unknown>): RwLockReadGuard<T> {
  hold.keepOnly(1);
  return new RwLockReadGuard(hold, lock);
}

function writerOf<T>(hold: Hold<T>, lock: RwLock<T>): RwLockWriteGuard<T> {
  return new RwLockWriteGuard(hold, lock);
}

function create<T>(value: T, options: RwLockOptions<T> | undefined): Content<T> {
  const action = "make lock";
  const { codec, maxReaders = PERMITS_MAX } = checkOptions(action, options, [
    "codec",
    "maxReaders",
  ]);
  checkWhole(action, "maxReaders", maxReaders, 1, PERMITS_MAX);
  const content = Content.make(action, value, maxReaders, codec);
  const { cell, of } = content;
  if (of === undefined || maxReaders === PERMITS_MAX) return content;
  return new Content(cell, of + LIMITED + maxReaders);
}

/** Between what a lock is of and how many may read, where that is limited: guests do not know. */
const LIMITED = ", ";

/** The right to read a lock's value, until it is disposed. */
export class RwLockReadGuard<T> extends Guard<T> {
  static {
    shownBy(RwLockReadGuard, ({ value }) => ({ value }));
  }

  /** The lock that it is of. */
  readonly lock: RwLock<unknown>;

  /** @internal */
  constructor(hold: Hold<T>, lock: RwLock<unknown>) {
    super(hold);
    this.lock = lock;
  }

  /** A guard of what `select` finds in the value. This one must not be used again. */
  map<U>(select: (value: T) => U): RwLockReadGuard<U> {
    return new RwLockReadGuard(this.detachPart(select), this.lock);
  }

  /** The same, unless that is undefined: then this guard stays as it is, and undefined comes. */
  tryMap<U>(select: (value: T) => U | undefined): RwLockReadGuard<U> | undefined {
    const part = this.detachPartIf(select);
    return part && new RwLockReadGuard(part, this.lock);
  }
}

/** The right to change a lock's value, until it is disposed. */
export class RwLockWriteGuard<T> extends Guard<T> {
  static {
    shownBy(RwLockWriteGuard, ({ value }) => ({ value }));
  }

  /** The lock that it is of. */
  readonly lock: RwLock<T>;

  /** @internal */
  constructor(hold: Hold<T>, lock: RwLock<T>) {
    super(hold);
    this.lock = lock;
  }

  override get value(): T {
    return super.value;
  }
  override set value(value: T) {
    this.hold("write value").value = value;
  }

  /** Lets others read, with no writer in between. This guard must not be used again. */
  downgrade(): RwLockReadGuard<T> {
    return readerOf(this.detach("downgrade guard"), this.lock);
  }

  /** A guard of what `select` finds in the value. This one must not be used again. */
  map<U>(select: (value: T) => U): RwLockMappedWriteGuard<U> {
    return new RwLockMappedWriteGuard(this.detachPart(select));
  }

  /** The same, unless that is undefined: then this guard stays as it is, and undefined comes. */
  tryMap<U>(select: (value: T) => U | undefined): RwLockMappedWriteGuard<U> | undefined {
    const part = this.detachPartIf(select);
    return part && new RwLockMappedWriteGuard(part);
  }

  /**
   * Lets others read, and gives a guard of what `select` finds in the value: nobody reads before.
   * This one must not be used again.
   */
  downgradeMap<U>(select: (value: T) => U): RwLockReadGuard<U> {
    return readerOf(this.detachPart(select), this.lock);
  }

  /** The same, unless that is undefined: then this guard stays as it is, and undefined comes. */
  tryDowngradeMap<U>(select: (value: T) => U | undefined): RwLockReadGuard<U> | undefined {
    const part = this.detachPartIf(select);
    return part && readerOf(part, this.lock);
  }
}

/** The right to change a part of a lock's value, until it is disposed. */
export class RwLockMappedWriteGuard<T> extends Guard<T> {
  static {
    shownBy(RwLockMappedWriteGuard, ({ value }) => ({ value }));
  }

  /** A guard of what `select` finds in the part. This one must not be used again. */
  map<U>(select: (value: T) => U): RwLockMappedWriteGuard<U> {
    return new RwLockMappedWriteGuard(this.detachPart(select));
  }

  /** The same, unless that is undefined: then this guard stays as it is, and undefined comes. */
  tryMap<U>(select: (value: T) => U | undefined): RwLockMappedWriteGuard<U> | undefined {
    const part = this.detachPartIf(select);
    return part && new RwLockMappedWriteGuard(part);
  }
}
