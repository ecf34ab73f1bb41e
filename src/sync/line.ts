/**
 * Waiting for what is of this thread alone: futures that stand in lines, with nothing in the core.
 *
 * @module
 */

import { shownBy } from "../core/inspect.ts";
import { Future, PENDING, type Pending, type Waker } from "../future/future.ts";
import type { Handle } from "./handle.ts";

/** A wait that asks, and if there is nothing stands in a line until it is told to ask again. */
export abstract class LineWait<T> extends Future<T> {
  static {
    shownBy(LineWait, ({ action }) => ({ action }));
  }

  // Declared, not defined, as in the classes that extend it: else to make one takes three times as
  // long, for each of them would define its own anew.
  declare protected readonly end: Handle;
  /** Made when it first waits, for most never do. Out of the line, it tells what came of it. */
  declare protected spot: Spot | undefined;

  /** @param end Who asks. */
  constructor(end: Handle) {
    super();
    this.end = end;
    this.spot = undefined;
  }

  /** What it does, for errors, such as `send`. */
  protected abstract readonly action: string;

  /** Gives what there is. Else it stands in line, and the answer is PENDING. */
  protected abstract ask(): T | Pending;

  /** Gives what there is, if there can be no question of it. Else nothing is done. */
  protected abstract askNow(): T | Pending;

  override poll(waker: Waker): T | Pending {
    if (this.isInLine) {
      (this.spot as Spot).waker = waker;
      return PENDING;
    }
    const { thread } = this.end;
    if (thread.budget <= 0) {
      thread.putOff(waker);
      return PENDING;
    }
    let isOver = true;
    try {
      const answer = this.ask();
      isOver = answer !== PENDING;
      if (!isOver) waker.checkReach?.(thread);
      return answer;
    } finally {
      if (isOver) {
        this.spot = undefined;
        thread.spendBudget();
      } else (this.spot as Spot).waker = waker;
    }
  }

  /** @internal */
  override pollNow(): T | Pending {
    const { thread } = this.end;
    if (this.spot !== undefined || thread.budget <= 0 || thread.isClosed) return PENDING;
    if (this.end.origin.stake === 0) return PENDING;
    const answer = this.askNow();
    if (answer !== PENDING) thread.spendBudget();
    return answer;
  }

  override [Symbol.dispose](): void {
    const { spot } = this;
    this.spot = undefined;
    if (spot === undefined) return;
    spot.waker = undefined;
    spot.line?.remove(spot);
  }

  protected get isInLine(): boolean {
    return this.spot?.line !== undefined;
  }

  /** Stands behind all others. */
  protected join(line: Line): typeof PENDING {
    this.spot ??= new Spot(this);
    line.add(this.spot);
    return PENDING;
  }
}

/** The place of somebody in a line. */
export class Spot<W extends LineWait<unknown> = LineWait<unknown>> {
  readonly wait: W;
  /** Undefined outside of any. Owned by the line, and so are the links. */
  line: Line<W> | undefined;
  next: Spot<W> | undefined;
  previous: Spot<W> | undefined;
  /** Who asked last. */
  waker: Waker | undefined;
  /** Did it leave the line with what it had waited for? */
  isServed = false;

  constructor(wait: W) {
    this.wait = wait;
  }

  /** It has left the line, and its wait is to ask again. */
  wake(): void {
    const { waker } = this;
    this.waker = undefined;
    waker?.wake();
  }
}

/** Those who wait for the same, in the order in which they came. */
export class Line<W extends LineWait<unknown> = LineWait<unknown>> {
  first: Spot<W> | undefined;
  #last: Spot<W> | undefined;

  add(spot: Spot<W>): void {
    const last = this.#last;
    spot.line = this;
    spot.previous = last;
    if (last === undefined) this.first = spot;
    else last.next = spot;
    this.#last = spot;
  }

  remove(spot: Spot<W>): void {
    const { next, previous } = spot;
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    spot.next = undefined;
    spot.previous = undefined;
    spot.line = undefined;
  }

  /** Empties the line, and has all ask again. Whoever is woken may change it at once. */
  wakeAll(): void {
    const { first } = this;
    if (first === undefined) return;
    if (first === this.#last) {
      this.remove(first);
      first.wake();
      return;
    }
    const woken: Spot<W>[] = [];
    // Ends with the line: each round takes one out of it.
    for (let spot: Spot<W> | undefined = first; spot !== undefined; spot = this.first) {
      this.remove(spot);
      woken.push(spot);
    }
    for (const spot of woken) spot.wake();
  }
}
