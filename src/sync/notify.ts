/**
 * Telling tasks that something has happened, without a message.
 *
 * @module
 */

import { SYNC_DONE, SYNC_STAKE } from "../../assembly/shared/verdicts.ts";
import { context } from "../core/context.ts";
import { shownBy } from "../core/inspect.ts";
import { isWaiting, stakesOf } from "../core/stakes.ts";
import type { Future, Pending, Waker } from "../future/future.ts";
import { type WaitOptions, withSignal } from "../future/with-signal.ts";
import { sendable } from "../task/send.ts";
import { made, Origin, SharedHandle } from "./handle.ts";
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
    return "tokiwa.Notify";
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
  notified(): Notified;
  notified(options: WaitOptions | undefined): Future<void>;
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

function create(): Origin {
  const { thread } = context();
  return made(thread, thread.core.notifyCreate(0, stakesOf(thread)), "notify");
}

/**
 * A wait to be told, made by {@linkcode Notify.notified}.
 *
 * @example Looking once more, with nothing missed in between
 * ```ts
 * const [changed, state] = [new Notify(), { isReady: false }];
 * spawn(async () => {
 *   state.isReady = true;
 *   changed.notifyOne();
 * });
 * for (;;) {
 *   using notified = changed.notified();
 *   notified.enable();
 *   if (state.isReady) break;
 *   await notified;
 * }
 * console.log(state.isReady); // true
 * ```
 */
export class Notified extends Wait<void> {
  /** @internal */
  protected readonly action = "wait to be notified";
  readonly #notify: Notify;
  readonly #noted: number;
  #wasTold = false;

  /** @internal */
  constructor(notify: Notify) {
    super(notify.thread);
    this.#notify = notify;
    this.#noted = notify.thread.core.notifyVersion(notify.primitive(this.action));
  }

  /**
   * Stands in line from now on, as if it had been waited for: {@linkcode Notify.notifyOne} counts.
   * True if it has been told by now. A call that was kept for the next one is then this one's, also
   * if it is given up.
   *
   * @throws {OutOfMemoryError} If there is no room for another wait.
   */
  enable(): boolean {
    if (this.#wasTold) return true;
    const begun = this.beginEarly();
    if (begun < SYNC_STAKE) this.#wasTold = true;
    return this.#wasTold || !isWaiting(this.thread, begun);
  }

  override poll(waker: Waker): void | Pending {
    return this.#wasTold ? undefined : super.poll(waker);
  }

  /** @internal */
  override pollNow(): void | Pending {
    return this.#wasTold ? undefined : super.pollNow();
  }

  /** @internal */
  protected override begin(target: number): number {
    const address = this.#notify.primitive(this.action);
    return this.thread.core.notifyWait(address, this.#noted, stakesOf(this.thread), target);
  }

  /** @internal */
  protected override settle(verdict: number): void {
    if (verdict !== SYNC_DONE) throw new Error(`Cannot wait to be notified: verdict ${verdict}`);
    this.#wasTold = true;
  }

  /** @internal */
  protected override finish(stake: number): void {
    this.#wasTold = true;
    this.thread.core.stakeFinish(stake);
  }
}
