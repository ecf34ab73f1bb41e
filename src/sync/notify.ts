/**
 * Telling tasks that something has happened, without a message.
 *
 * @module
 */

import { SYNC_DONE } from "../../assembly/shared/verdicts.ts";
import { context } from "../core/context.ts";
import { shownBy } from "../core/inspect.ts";
import { stakesOf } from "../core/stakes.ts";
import type { Future } from "../future/future.ts";
import { type WaitOptions, withSignal } from "../future/with-signal.ts";
import { sendable } from "../task/send.ts";
import { made, Origin, SharedHandle } from "./handle.ts";
import { registerShared } from "./transfer.ts";
import { Wait } from "./wait.ts";

/**
 * Wakes tasks that wait for it. One call that finds nobody waiting is kept for the next to wait;
 * more than one are kept as one.
 *
 * It may be given to portable tasks and to guests' tasks, which then share it.
 *
 * @example
 * ```ts
 * const ready = new Notify();
 * const waiting = spawn(async () => {
 *   await ready.notified();
 *   return "told";
 * });
 * ready.notifyOne();
 * console.log(await waiting); // told
 * ```
 */
export class Notify extends SharedHandle {
  static {
    shownBy(Notify, () => ({}));
  }

  get [sendable](): string {
    return NOTIFY;
  }

  constructor();
  /** @internal */
  constructor(origin: Origin);
  constructor(from?: Origin) {
    super(from instanceof Origin ? from : create());
  }

  /**
   * Waits to be told. A call to {@linkcode notifyWaiters} counts from this call on, one to
   * {@linkcode notifyOne} from when the future is first waited for.
   *
   * **Cancel safety.** Giving the wait up loses the place in line. What this one alone was told is
   * told to the next.
   */
  notified(options?: WaitOptions): Future<void> {
    return withSignal("wait to be notified", new Notified(this), options);
  }

  /** Wakes who has waited longest; if nobody waits, the next one does not have to. */
  notifyOne(): void {
    this.thread.core.notifyOne(this.primitive("notify"));
    this.thread.driver.kick();
  }

  /** Wakes who has come last; if nobody waits, the next one does not have to. */
  notifyLast(): void {
    this.thread.core.notifyLast(this.primitive("notify"));
    this.thread.driver.kick();
  }

  /** Wakes all who wait. Nothing is kept for who comes later. */
  notifyWaiters(): void {
    this.thread.core.notifyAll(this.primitive("notify"));
    this.thread.driver.kick();
  }
}

const NOTIFY = registerShared("Notify", Notify);

function create(): Origin {
  const { thread } = context();
  return made(thread, thread.core.notifyCreate(0, stakesOf(thread)), "notify");
}

class Notified extends Wait<void> {
  protected readonly action = "wait to be notified";
  readonly #notify: Notify;
  readonly #noted: number;

  constructor(notify: Notify) {
    super(notify.thread);
    this.#notify = notify;
    this.#noted = notify.thread.core.notifyVersion(notify.primitive(this.action));
  }

  protected override begin(target: number): number {
    const address = this.#notify.primitive(this.action);
    return this.thread.core.notifyWait(address, this.#noted, stakesOf(this.thread), target);
  }

  protected override settle(verdict: number): void {
    if (verdict !== SYNC_DONE) throw new Error(`Cannot wait to be notified: verdict ${verdict}`);
  }

  protected override finish(stake: number): void {
    this.thread.core.stakeFinish(stake);
  }
}
