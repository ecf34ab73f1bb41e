/**
 * Semaphores: at most so many at a time, on all workers and in guests together.
 *
 * @module
 */

import { PRIMITIVE_CLOSED } from "../../assembly/shared/layout.ts";
import { PERMITS_MAX } from "../../assembly/shared/limits.ts";
import { SYNC_CLOSED, SYNC_NO_MEMORY, SYNC_STAKE } from "../../assembly/shared/verdicts.ts";
import { context } from "../core/context.ts";
import { shownBy } from "../core/inspect.ts";
import { outcomeOf, permitsOf, stakesOf } from "../core/stakes.ts";
import { checkWhole } from "../error/check.ts";
import { ClosedError } from "../error/closed.ts";
import { OutOfMemoryError } from "../error/out-of-memory.ts";
import { blockOn } from "../future/block-on.ts";
import type { Future } from "../future/future.ts";
import { granted } from "../future/granted.ts";
import { type WaitOptions, withSignal } from "../future/with-signal.ts";
import { sendable } from "../task/send.ts";
import { Handle, made, Origin, SharedHandle } from "./handle.ts";
import { another } from "./transfer.ts";
import { Wait } from "./wait.ts";

/**
 * A counting semaphore. Permits go to those who wait in the order in which they came, and nobody
 * overtakes the first, even if there is enough for the second and not for the first.
 *
 * It may be given to portable tasks and to guests' tasks, which then share it.
 *
 * @example Two at a time
 * ```ts
 * const slots = new Semaphore(2);
 * const work = async () => {
 *   using _permit = await slots.acquire();
 *   await sleep(1);
 * };
 * await Promise.all([spawn(work), spawn(work), spawn(work)]);
 * console.log(slots.availablePermits); // 2
 * ```
 */
export class Semaphore extends SharedHandle {
  static {
    shownBy(Semaphore, ({ availablePermits, isClosed }) => ({ availablePermits, isClosed }));
  }

  /** The most permits that there may be. */
  static readonly MAX_PERMITS = PERMITS_MAX;

  get [sendable](): string {
    return "tokiwa.Semaphore";
  }

  /**
   * @param permits How many there are at first, 0 included.
   * @throws {RangeError} If that is no whole number, or more than `MAX_PERMITS`.
   */
  constructor(permits: number);
  /** @internal */
  constructor(origin: Origin);
  constructor(from: number | Origin) {
    super(from instanceof Origin ? from : create(from));
  }

  /** How many permits are free: none while anybody waits. */
  get availablePermits(): number {
    return this.thread.core.semaphoreAvailable(this.primitive("look at semaphore"));
  }

  /** Has it been closed? */
  get isClosed(): boolean {
    const address = this.primitive("look at semaphore");
    return this.thread.bytes[address + PRIMITIVE_CLOSED] !== 0;
  }

  /**
   * Takes permits, standing in line for them.
   *
   * **Cancel safety.** Giving the wait up loses the place in line.
   *
   * @throws {ClosedError} If the semaphore is closed, before or meanwhile.
   * @throws {RangeError} At once, if `permits` is no whole number from 0 to `MAX_PERMITS`.
   */
  acquire(permits = 1, options?: WaitOptions): Future<SemaphorePermit> {
    checkPermits("acquire permits", permits);
    const action = "acquire permits";
    return withSignal(action, new Acquire(this, action, permits, permitOf), options);
  }

  /**
   * As {@linkcode acquire}, with this thread asleep until there are enough: in a blocking job, or
   * outside of all tasks.
   *
   * @throws {ClosedError} If the semaphore is closed, before or meanwhile.
   * @throws {Error} In any other task, whose worker it would block.
   */
  blockingAcquire(permits = 1): SemaphorePermit {
    return blockOn(this.thread, this.acquire(permits));
  }

  /** Takes permits that are free now; undefined if there are too few, or it is closed. */
  tryAcquire(permits = 1): SemaphorePermit | undefined {
    checkPermits("acquire permits", permits);
    const taken = tryAcquire(this, "acquire permits", permits);
    return taken && new SemaphorePermit(taken);
  }

  /**
   * Adds permits.
   *
   * @throws {RangeError} If there would be more than `MAX_PERMITS`.
   */
  addPermits(permits: number): void {
    checkPermits("add permits", permits);
    if (!this.thread.core.semaphoreAdd(this.primitive("add permits"), permits)) {
      throw new RangeError(`Cannot add permits: there would be more than ${PERMITS_MAX}`);
    }
    this.thread.driver.kick();
  }

  /** Takes up to so many free permits away for good; returns how many. */
  forgetPermits(permits: number): number {
    checkPermits("forget permits", permits);
    return this.thread.core.semaphoreForget(this.primitive("forget permits"), permits);
  }

  /** Refuses all who wait and all who come later. Permits that are out stay good. */
  close(): void {
    this.thread.core.semaphoreClose(this.primitive("close semaphore"));
    this.thread.driver.kick();
  }
}

function create(permits: number): Origin {
  checkPermits("make semaphore", permits);
  const { thread } = context();
  return made(thread, thread.core.semaphoreCreate(permits, 0, stakesOf(thread)), "semaphore");
}

function checkPermits(action: string, permits: number): void {
  checkWhole(action, "permits", permits, 0, PERMITS_MAX);
}

/** The right to be inside, until it is disposed. */
export class SemaphorePermit extends Handle {
  static {
    shownBy(SemaphorePermit, ({ count }) => ({ count }));
  }

  /** @internal */
  get [granted](): true {
    return true;
  }

  /** How many permits it stands for. */
  get count(): number {
    return permitsOf(this.thread, this.stake("count permits"));
  }

  /** A handle of the semaphore that it is of, which needs not be disposed. */
  get semaphore(): Semaphore {
    const action = "look at semaphore";
    return new Semaphore(made(this.thread, another(this), action));
  }

  /** Gives the handle up, and its permits never back. */
  forget(): void {
    this.thread.core.stakeFinish(this.stake("forget permits"));
    this.origin.stake = 0;
  }

  /**
   * Takes over the permits of another, which is given up.
   *
   * @throws {TypeError} If that is one of another semaphore.
   */
  merge(other: SemaphorePermit): void {
    const action = "merge permits";
    if (other.thread !== this.thread || other.primitive(action) !== this.primitive(action)) {
      throw new TypeError("Cannot merge permits: they are of two semaphores");
    }
    if (other === this) return;
    this.thread.core.semaphorePass(other.stake(action), this.stake(action), other.count);
    other[Symbol.dispose]();
  }

  /** A permit of its own for some of these; undefined if they are too few. */
  split(permits: number): SemaphorePermit | undefined {
    checkPermits("split permits", permits);
    if (permits > this.count) return undefined;
    const stake = this.thread.core.semaphoreSplit(this.stake("split permits"), permits);
    return new SemaphorePermit(made(this.thread, stake, "permit"));
  }
}

function permitOf(permits: Origin): SemaphorePermit {
  return new SemaphorePermit(permits);
}

/** Waits for permits of a semaphore, or of a lock that is made of one. */
export class Acquire<P> extends Wait<P> {
  protected readonly action: string;
  readonly #semaphore: Handle;
  readonly #permits: number;
  readonly #make: (permits: Origin) => P;

  constructor(semaphore: Handle, action: string, permits: number, make: (permits: Origin) => P) {
    super(semaphore.thread);
    this.#semaphore = semaphore;
    this.action = action;
    this.#permits = permits;
    this.#make = make;
  }

  protected override begin(target: number): number {
    const address = this.#semaphore.primitive(this.action);
    const { core } = this.thread;
    return core.semaphoreAcquire(address, this.#permits, stakesOf(this.thread), target);
  }

  protected override settle(): never {
    throw new ClosedError(`Cannot ${this.action}: the semaphore is closed`);
  }

  protected override finish(stake: number): P {
    if (outcomeOf(this.thread, stake) !== SYNC_CLOSED) {
      return this.#make(new Origin(this.thread, stake));
    }
    this.giveUp(stake);
    return this.settle();
  }
}

/** Takes permits that are free now; undefined if there are too few, or it is closed. */
export function tryAcquire(semaphore: Handle, action: string, permits: number): Origin | undefined {
  const { thread } = semaphore;
  const address = semaphore.primitive(action);
  const stake = thread.core.semaphoreTryAcquire(address, permits, stakesOf(thread));
  if (stake === SYNC_NO_MEMORY) throw new OutOfMemoryError(action);
  return stake < SYNC_STAKE ? undefined : new Origin(thread, stake);
}
