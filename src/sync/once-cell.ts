/**
 * Values that the first task that needs them makes.
 *
 * @module
 */

import { SYNC_CLOSED } from "../../assembly/shared/verdicts.ts";
import { shownBy } from "../core/inspect.ts";
import { outcomeOf, stakesOf } from "../core/stakes.ts";
import { checkBody } from "../error/check.ts";
import { co, type FutureGenerator } from "../future/co.ts";
import type { Future } from "../future/future.ts";
import { type WaitOptions, withSignal } from "../future/with-signal.ts";
import { type Begin, fromSignal } from "../future/work.ts";
import { sendable } from "../task/send.ts";
import type { Origin } from "./handle.ts";
import type { Codec } from "./message.ts";
import { Once } from "./once.ts";
import { Wait } from "./wait.ts";

/**
 * A value that the first task that needs it makes, while others that do wait for it.
 *
 * Without a codec it stays on this worker, and all get the very value. With one, it may be given to
 * portable tasks and to guests' tasks, which then share it, and each gets a copy.
 *
 * @example
 * ```ts
 * const answer = new OnceCell<number>();
 * const ask = () => answer.getOrInit(async () => {
 *   console.log("thinking"); // thinking
 *   return 42;
 * });
 * console.log(await ask(), await ask()); // 42 42
 * ```
 */
export class OnceCell<T> extends Once<T> {
  static {
    shownBy(OnceCell, ({ isInitialized }) => ({ isInitialized }));
  }

  get [sendable](): string {
    return "tokiwa.OnceCell";
  }

  /** An empty cell. */
  constructor(codec?: Codec<T>);
  /** @internal */
  constructor(origin: Origin, codec?: Codec<T>);
  constructor(from?: Origin | Codec<T>, codec?: Codec<T>) {
    super(from, codec);
  }

  /** A cell with a value. */
  static from<T>(value: T, codec?: Codec<T>): OnceCell<T> {
    const cell = new OnceCell<T>(codec);
    cell.set(value);
    return cell;
  }

  /**
   * The value, which `initialize` makes if nobody has. Should that fail, the next one who waits
   * makes it, and so with one that is given up, or whose worker dies.
   *
   * **Cancel safety.** Who gives the wait up while it makes the value gives that up as well, as
   * `fromSignal` does: its signal tells `initialize`, and then the next one who waits makes it. Who
   * only waits loses its place in line.
   *
   * @throws What `initialize` fails with, and only to the one whose that is.
   */
  getOrInit(initialize: Begin<T>, options?: WaitOptions): Future<T> {
    checkBody("initialize cell", initialize);
    return withSignal("initialize cell", co(this.#getOrInit(initialize)), options);
  }

  /**
   * Sets the value. False if it is set, or somebody is about to make it: {@linkcode isInitialized}
   * tells which.
   *
   * @throws {TypeError} If it is not what the cell's codec is for.
   */
  set(value: T): boolean {
    return this.fillIf(this.begin(), value);
  }

  *#getOrInit(initialize: Begin<T>): FutureGenerator<T> {
    if (!this.isInitialized) {
      const permit = yield* new Claiming(this as OnceCell<unknown>);
      if (permit !== undefined) yield* this.#initialize(permit, initialize);
    }
    return this.get() as T;
  }

  *#initialize(permit: number, initialize: Begin<T>): FutureGenerator<void> {
    const { thread } = this;
    let isMine = true;
    try {
      const value = yield* fromSignal(initialize);
      isMine = false;
      this.fill(permit, value);
    } finally {
      if (isMine && !thread.isClosed) {
        thread.core.stakeDrop(permit);
        thread.driver.kick();
      }
    }
  }
}

/** Waits for the right to set the value; undefined if somebody has. */
class Claiming extends Wait<number | undefined> {
  protected readonly action = "initialize cell";
  readonly #cell: OnceCell<unknown>;

  constructor(cell: OnceCell<unknown>) {
    super(cell.thread);
    this.#cell = cell;
  }

  protected override begin(target: number): number {
    const address = this.#cell.primitive(this.action);
    return this.thread.core.semaphoreAcquire(address, 1, stakesOf(this.thread), target);
  }

  protected override settle(): undefined {}

  protected override finish(stake: number): number | undefined {
    if (outcomeOf(this.thread, stake) !== SYNC_CLOSED) return stake;
    this.giveUp(stake);
    return undefined;
  }
}
