/**
 * The cells of locks that all workers share: a semaphore of the core, and the block that it guards.
 *
 * @module
 */

import { PRIMITIVE_BLOCK, PRIMITIVE_REFERENCES } from "../../assembly/shared/layout.ts";
import { context } from "../core/context.ts";
import { permitsOf, primitiveOf, stakesOf } from "../core/stakes.ts";
import type { Thread } from "../core/thread.ts";
import type { Future } from "../future/future.ts";
import type { Cell, Hold } from "./cell.ts";
import { made, type Origin, SharedHandle } from "./handle.ts";
import { givenUp } from "./local-cell.ts";
import type { Lease, Place } from "./place.ts";
import { Acquire, tryAcquire } from "./semaphore.ts";

export class SharedCell<T> extends SharedHandle implements Cell<T> {
  readonly permits: number;
  readonly #place: Place<T>;

  constructor(origin: Origin, permits: number, place: Place<T>) {
    super(origin);
    this.permits = permits;
    this.#place = place;
  }

  /** A new cell with a value. */
  static make<T>(action: string, value: T, permits: number, place: Place<T>): SharedCell<T> {
    const { thread } = context();
    const stake = thread.core.semaphoreCreate(permits, place.size, stakesOf(thread));
    const cell = new SharedCell(made(thread, stake, action), permits, place);
    try {
      // Nobody else knows it yet.
      place.set(new SharedHold(cell.thread, stake, place), value);
    } catch (error) {
      cell[Symbol.dispose]();
      throw error;
    }
    return cell;
  }

  get available(): number {
    return this.thread.core.semaphoreAvailable(this.primitive("look at lock"));
  }

  acquire<L, G>(
    action: string,
    permits: number,
    make: (hold: Hold<T>, lock: L) => G,
    lock: L,
  ): Future<G> {
    return new Acquire(this, action, permits, (taken) => make(this.#hold(taken), lock));
  }

  tryAcquire(action: string, permits: number): Hold<T> | undefined {
    const taken = tryAcquire(this, action, permits);
    return taken && this.#hold(taken);
  }

  intoInner(action: string): T {
    const references = (this.primitive(action) + PRIMITIVE_REFERENCES) >> 2;
    if (this.thread.u32[references] !== 1) {
      throw new Error(`Cannot ${action}: somebody has a guard, or another handle`);
    }
    const hold = new SharedHold(this.thread, this.stake(action), this.#place);
    const value = this.#place.copy(this.#place.get(hold));
    this.leave();
    return value;
  }

  leave(): void {
    this[Symbol.dispose]();
  }

  #hold({ thread, stake }: Origin): SharedHold<T> {
    return new SharedHold(thread, stake, this.#place);
  }
}

/** Permits of the core's semaphore, and the block behind it. */
class SharedHold<T> implements Hold<T>, Lease {
  readonly thread: Thread;
  readonly view: DataView;
  readonly #place: Place<T>;
  /** 0 once given up. */
  #stake: number;
  /** Set once somebody has asked for a value that is an object. */
  #value: T | undefined;
  mayWrite = true;

  constructor(thread: Thread, stake: number, place: Place<T>) {
    this.thread = thread;
    this.view = thread.view;
    this.#stake = stake;
    this.#place = place;
  }

  addressTo(action: string): number {
    const { thread } = this;
    if (this.#stake === 0 || thread.isClosed) throw givenUp(action);
    return thread.u32[(primitiveOf(thread, this.#stake) + PRIMITIVE_BLOCK) >> 2] as number;
  }

  get value(): T {
    if (this.#value !== undefined && this.#stake !== 0) return this.#value;
    const value = this.#place.get(this);
    if (typeof value === "object") this.#value = value;
    return value;
  }
  set value(value: T) {
    this.#place.set(this, value);
  }

  keepOnly(permits: number): void {
    const { thread } = this;
    if (this.#stake === 0 || thread.isClosed) throw givenUp("downgrade guard");
    this.mayWrite = false;
    const rest = permitsOf(thread, this.#stake) - permits;
    if (rest === 0) return;
    thread.core.semaphoreRelease(this.#stake, rest);
    thread.driver.kick();
  }

  giveBack(): void {
    const stake = this.#stake;
    this.#stake = 0;
    if (stake === 0 || this.thread.isClosed) return;
    this.thread.core.stakeDrop(stake);
    this.thread.driver.kick();
  }
}
