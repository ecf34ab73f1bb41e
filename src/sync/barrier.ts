/**
 * Barriers: tasks that go on together.
 *
 * @module
 */

import { context } from "../core/context.ts";
import { shownBy } from "../core/inspect.ts";
import { stakesOf } from "../core/stakes.ts";
import { checkWhole } from "../error/check.ts";
import type { Future } from "../future/future.ts";
import { type WaitOptions, withSignal } from "../future/with-signal.ts";
import { sendable } from "../task/send.ts";
import { made, Origin, SharedHandle } from "./handle.ts";
import { Wait } from "./wait.ts";

/** What a task learns that has got through a barrier. */
export interface BarrierWaitResult {
  /** True for one of those who went through together: the one who came last. */
  readonly isLeader: boolean;
}

/** As many as a word counts. */
const PARTIES_MAX = 2 ** 32 - 1;

/**
 * Where so many tasks wait for each other, as often as they like.
 *
 * It may be given to portable tasks and to guests' tasks, which then share it.
 *
 * @example
 * ```ts
 * const barrier = new Barrier(3);
 * const arrive = async () => (await barrier.wait()).isLeader;
 * const leaders = await Promise.all([spawn(arrive), spawn(arrive), spawn(arrive)]);
 * console.log(leaders.filter((isLeader) => isLeader).length); // 1
 * ```
 */
export class Barrier extends SharedHandle {
  static {
    shownBy(Barrier, () => ({}));
  }

  get [sendable](): string {
    return "tokiwa.Barrier";
  }

  /**
   * @param parties How many wait for each other; 0 counts as 1.
   * @throws {RangeError} If that is no whole number from 0 to 2³² - 1.
   */
  constructor(parties: number);
  /** @internal */
  constructor(origin: Origin);
  constructor(from: number | Origin) {
    super(from instanceof Origin ? from : create(from));
  }

  /**
   * Waits until all have come. The barrier is then as new.
   *
   * **Cancel safety.** Who gives its wait up has come all the same: the others do not wait for it.
   */
  wait(options?: WaitOptions): Future<BarrierWaitResult> {
    return withSignal("wait at barrier", new Arriving(this), options);
  }
}

function create(parties: number): Origin {
  checkWhole("make barrier", "parties", parties, 0, PARTIES_MAX);
  const { thread } = context();
  return made(thread, thread.core.notifyCreate(parties, stakesOf(thread)), "barrier");
}

class Arriving extends Wait<BarrierWaitResult> {
  protected readonly action = "wait at barrier";
  readonly #barrier: Barrier;

  constructor(barrier: Barrier) {
    super(barrier.thread);
    this.#barrier = barrier;
  }

  protected override begin(target: number): number {
    const address = this.#barrier.primitive(this.action);
    return this.thread.core.barrierArrive(address, stakesOf(this.thread), target);
  }

  protected override settle(): BarrierWaitResult {
    return { isLeader: true };
  }

  protected override finish(stake: number): BarrierWaitResult {
    this.giveUp(stake);
    return { isLeader: false };
  }
}
