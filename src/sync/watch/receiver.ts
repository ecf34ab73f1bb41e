/**
 * The receiving end of watches.
 *
 * @module
 */

import { SYNC_BUSY, SYNC_CLOSED, SYNC_DONE } from "../../../assembly/shared/verdicts.ts";
import { shownBy } from "../../core/inspect.ts";
import { stakesOf } from "../../core/stakes.ts";
import { checkBody, checkOptions } from "../../error/check.ts";
import { ClosedError } from "../../error/closed.ts";
import type { Future } from "../../future/future.ts";
import { type WaitOptions, withSignal } from "../../future/with-signal.ts";
import { sendable } from "../../task/send.ts";
import { made } from "../handle.ts";
import { END, iterate } from "../iterate.ts";
import { ListeningEnd, ListeningWait } from "../listening.ts";
import { slotOf } from "../message.ts";
import { AGAIN } from "../wait.ts";

/** Which values {@linkcode Receiver.values} begins with. */
export interface ValuesOptions {
  /** Leaves the present value out, unless it was not seen yet. */
  readonly skipCurrent?: boolean | undefined;
}

/**
 * Learns of values: by {@linkcode changed} and a look, or with `for await`. What it may miss are
 * values that were replaced before it looked; the last one it always learns of.
 *
 * It belongs to one task: given to another one it moves there. For both to have one, give a
 * {@linkcode clone}.
 */
export class Receiver<T> extends ListeningEnd<T> implements AsyncIterable<T> {
  static {
    shownBy(Receiver, ({ isClosed }) => ({ isClosed }));
  }

  get [sendable](): string {
    return "tokiwa.watch.Receiver";
  }

  /** The present value, which is not seen by that. */
  borrow(): T {
    this.thread.core.watchBorrow(this.primitive("read value"));
    return this.medium.codec.read(this.thread, slotOf(this.thread));
  }

  /** The present value, which is seen now. */
  borrowAndUpdate(): T {
    this.thread.core.watchBorrowAndUpdate(this.stake("read value"));
    return this.medium.codec.read(this.thread, slotOf(this.thread));
  }

  /**
   * Is there a value that was not seen?
   *
   * @throws {ClosedError} If all senders are gone, whatever was seen.
   */
  hasChanged(): boolean {
    const verdict = this.thread.core.watchHasChanged(this.stake("look at watch"));
    return verdict === SYNC_CLOSED ? ended() : verdict === SYNC_DONE;
  }

  /** Says that the present value was not seen: so {@linkcode changed} does not wait. */
  markChanged(): void {
    this.thread.core.watchMark(this.stake("mark value"), false);
  }

  /** Says that the present value was seen. */
  markUnchanged(): void {
    this.thread.core.watchMark(this.stake("mark value"), true);
  }

  /**
   * Waits for a value that was not seen, which is seen then.
   *
   * **Cancel safety.** Nothing is lost: what was not waited for to the end is not seen.
   *
   * @throws {ClosedError} If all senders are gone, and the last value was seen.
   */
  changed(options?: WaitOptions): Future<void> {
    return withSignal("wait for a change", new Changing<void>(this, () => {}, ended), options);
  }

  /**
   * Waits for a value of which `isWanted` is true, and begins with the present one. It is seen
   * then, and so are those before.
   *
   * **Cancel safety.** Nothing is lost but that values that were refused are seen.
   *
   * @param isWanted May be asked twice of one value. What it throws ends the wait.
   * @throws {ClosedError} If all senders are gone, and the last value is not wanted either.
   */
  waitFor(isWanted: (value: T) => boolean, options?: WaitOptions): Future<T> {
    checkBody("wait for a value", isWanted);
    return withSignal("wait for a value", new WaitingFor(this, isWanted), options);
  }

  /** Another receiver, that has seen what this one has. */
  clone(): Receiver<T> {
    const { thread } = this;
    const stake = thread.core.watchClone(this.stake("clone receiver"), stakesOf(thread));
    return new Receiver(made(thread, stake, "receiver"), this.medium);
  }

  /** The present value, and then the latest each time, up to the end. */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return this.#iterate(false);
  }

  /** As iterating over the receiver itself, with a choice of where to begin. */
  values(options?: ValuesOptions): AsyncIterable<T> {
    const { skipCurrent = false } = checkOptions("iterate values", options, ["skipCurrent"]);
    return { [Symbol.asyncIterator]: () => this.#iterate(skipCurrent) };
  }

  #iterate(skipsCurrent: boolean): AsyncIterator<T, undefined> {
    if (!skipsCurrent) this.markChanged();
    const take = () => this.borrowAndUpdate();
    return iterate(() => new Changing<T | typeof END>(this, take, () => END));
  }
}

function ended(): never {
  throw new ClosedError("Cannot wait for a change: all senders are gone");
}

/** Waits for a value that was not seen, and gives what `take` makes of it, or of the end `none`. */
class Changing<R> extends ListeningWait<R> {
  protected readonly action = "wait for a change";
  readonly #take: () => R;
  readonly #none: () => R;

  constructor(receiver: Receiver<unknown>, take: () => R, none: () => R) {
    super(receiver);
    this.#take = take;
    this.#none = none;
  }

  protected override begin(target: number): number {
    const { core } = this.thread;
    return core.watchChanged(this.receiver.stake(this.action), stakesOf(this.thread), target);
  }

  protected override settle(verdict: number): R {
    return verdict === SYNC_CLOSED ? this.#none() : this.#take();
  }

  protected override finish(stake: number): typeof AGAIN {
    this.giveUp(stake);
    return AGAIN;
  }
}

/** Waits until the value is wanted. */
class WaitingFor<T> extends ListeningWait<T> {
  protected readonly action = "wait for a value";
  declare protected readonly receiver: Receiver<T>;
  readonly #isWanted: (value: T) => boolean;
  #found: T | undefined;

  constructor(receiver: Receiver<T>, isWanted: (value: T) => boolean) {
    super(receiver);
    this.#isWanted = isWanted;
  }

  protected override begin(target: number): number {
    const { thread } = this;
    // Ends: each round but the first has found another value.
    for (;;) {
      const value = this.receiver.borrowAndUpdate();
      this.#found = value;
      if (this.#isWanted(value)) return thread.spendBudget() ? SYNC_DONE : SYNC_BUSY;
      const stake = this.receiver.stake(this.action);
      const verdict = thread.core.watchChanged(stake, stakesOf(thread), target);
      if (verdict !== SYNC_DONE) return verdict;
    }
  }

  protected override settle(verdict: number): T {
    return verdict === SYNC_CLOSED ? ended() : (this.#found as T);
  }

  protected override finish(stake: number): typeof AGAIN {
    this.giveUp(stake);
    return AGAIN;
  }
}
