/**
 * The cells of locks that stay on their worker: a value of any kind, by reference.
 *
 * *Why not over the core, as all else in this room is*: a lock that is free would take four times
 * as long, and what nobody else can reach needs no memory that others share.
 *
 * @module
 */

import { context } from "../core/context.ts";
import { ClosedError } from "../error/closed.ts";
import { endedFuture } from "../future/failures.ts";
import { Future, PENDING, type Pending, type Waker } from "../future/future.ts";
import type { Cell, Hold } from "./cell.ts";

/** How many permits are free where there is no value any more. */
const GONE = -1;

/** A wait in the line of a cell. */
type Waiting = LocalAcquire<unknown, unknown, unknown>;

/** Permits go to those who wait in the order in which they came; nobody overtakes the first. */
export class LocalCell<T> implements Cell<T> {
  value: T;
  readonly permits: number;
  /** How many permits nobody has. */
  #free: number;
  /** The line of those who wait, empty unless the first of them wants more than is free. */
  #first: Waiting | undefined;
  #last: Waiting | undefined;

  constructor(value: T, permits: number) {
    this.value = value;
    this.permits = permits;
    this.#free = permits;
  }

  get available(): number {
    return this.#first === undefined ? this.#free : 0;
  }

  acquire<L, G>(
    _action: string,
    permits: number,
    make: (hold: Hold<T>, lock: L) => G,
    lock: L,
  ): Future<G> {
    return new LocalAcquire(this, permits, make, lock);
  }

  tryAcquire(_action: string, permits: number): Hold<T> | undefined {
    return this.take(permits) ? new LocalHold(this, permits) : undefined;
  }

  intoInner(action: string): T {
    if (this.available < this.permits) {
      throw new Error(`Cannot ${action}: somebody has a guard, or waits for one`);
    }
    // More than whoever comes late could get.
    this.#free = GONE;
    return this.value;
  }

  leave(): void {}

  /** Was the value taken out? */
  get isGone(): boolean {
    return this.#free === GONE;
  }

  /** Takes permits if they are free, and nobody waits. */
  take(permits: number): boolean {
    if (this.#first !== undefined || this.#free < permits) return false;
    this.#free -= permits;
    return true;
  }

  giveBack(permits: number): void {
    this.#free += permits;
    if (this.#first !== undefined) this.#serve();
  }

  line(wait: Waiting): void {
    wait.previous = this.#last;
    if (this.#last === undefined) this.#first = wait;
    else this.#last.next = wait;
    this.#last = wait;
  }

  /** Takes somebody out of the line who gives up: whoever is behind may have enough. */
  leaveLine(wait: Waiting): void {
    this.#remove(wait);
    this.#serve();
  }

  #remove(wait: Waiting): void {
    const { next, previous } = wait;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    wait.next = undefined;
    wait.previous = undefined;
  }

  /** Serves the line as far as it goes. Whoever is told may change it at once. */
  #serve(): void {
    // Ends: each round takes one out of the line, and those who are told find it in order.
    for (;;) {
      const first = this.#first;
      if (first === undefined || first.permits > this.#free) return;
      this.#free -= first.permits;
      this.#remove(first);
      first.grant();
    }
  }
}

class LocalHold<T> implements Hold<T> {
  readonly #cell: LocalCell<T>;
  /** 0 once given up. */
  #permits: number;

  constructor(cell: LocalCell<T>, permits: number) {
    this.#cell = cell;
    this.#permits = permits;
  }

  get value(): T {
    if (this.#permits === 0) throw givenUp("read value");
    return this.#cell.value;
  }
  set value(value: T) {
    if (this.#permits === 0) throw givenUp("write value");
    this.#cell.value = value;
  }

  keepOnly(permits: number): void {
    if (this.#permits === 0) throw givenUp("downgrade guard");
    const rest = this.#permits - permits;
    this.#permits = permits;
    if (rest > 0) this.#cell.giveBack(rest);
  }

  giveBack(): void {
    const permits = this.#permits;
    this.#permits = 0;
    if (permits > 0) this.#cell.giveBack(permits);
  }
}

/** The error of a hold that was given up. */
export function givenUp(action: string): ClosedError {
  return new ClosedError(`Cannot ${action}: the guard was disposed`);
}

class LocalAcquire<T, L, G> extends Future<G> {
  readonly permits: number;
  /** Links of the line. Owned by the cell. */
  next: Waiting | undefined;
  previous: Waiting | undefined;

  readonly #cell: LocalCell<T>;
  readonly #make: (hold: Hold<T>, lock: L) => G;
  readonly #lock: L;
  #state: "begins" | "waits" | "granted" | "ended" = "begins";
  /** Who asked last, while it waits. */
  #waker: Waker | undefined;

  constructor(cell: LocalCell<T>, permits: number, make: (hold: Hold<T>, lock: L) => G, lock: L) {
    super();
    this.#cell = cell;
    this.permits = permits;
    this.#make = make;
    this.#lock = lock;
  }

  override poll(waker: Waker): G | Pending {
    if (this.#state === "waits") {
      this.#waker = waker;
      return PENDING;
    }
    if (this.#state === "ended") throw endedFuture();
    if (!context().thread.takeBudget(waker)) return PENDING;
    if (this.#state === "begins" && !this.#cell.take(this.permits)) {
      if (this.#cell.isGone) throw new ClosedError("Cannot lock: the value was taken out");
      this.#state = "waits";
      this.#waker = waker;
      this.#cell.line(this as Waiting);
      return PENDING;
    }
    return this.#use();
  }

  /** @internal */
  override pollNow(): G | Pending {
    if (this.#state !== "begins" || this.#cell.available < this.permits) return PENDING;
    const { thread } = context();
    if (thread.isClosed || !thread.spendBudget()) return PENDING;
    this.#cell.take(this.permits);
    return this.#use();
  }

  /** It has left the line, and has its permits. */
  grant(): void {
    const waker = this.#waker;
    this.#state = "granted";
    this.#waker = undefined;
    waker?.wake();
  }

  /** Makes something of the permits, which it has. */
  #use(): G {
    this.#state = "ended";
    return this.#make(new LocalHold(this.#cell, this.permits), this.#lock);
  }

  override [Symbol.dispose](): void {
    const state = this.#state;
    this.#state = "ended";
    this.#waker = undefined;
    if (state === "waits") this.#cell.leaveLine(this as Waiting);
    else if (state === "granted") this.#cell.giveBack(this.permits);
  }
}
