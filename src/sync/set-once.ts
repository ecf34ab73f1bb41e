/**
 * Values that some task sets, and others wait for.
 *
 * @module
 */

import { SYNC_BLOCKED } from "../../assembly/shared/verdicts.ts";
import { shownBy } from "../core/inspect.ts";
import { stakesOf } from "../core/stakes.ts";
import type { Future } from "../future/future.ts";
import { type WaitOptions, withSignal } from "../future/with-signal.ts";
import { sendable } from "../task/send.ts";
import type { Origin } from "./handle.ts";
import type { Codec } from "./message.ts";
import { Once } from "./once.ts";
import { Wait } from "./wait.ts";

/**
 * A value that some task sets, and others wait for.
 *
 * Without a codec it stays on this worker, and all get the very value. With one, it may be given to
 * portable tasks and to guests' tasks, which then share it, and each gets a copy.
 *
 * @example
 * ```ts
 * const config = new SetOnce<string>();
 * const reader = spawn(async () => await config.wait());
 * console.log(config.set("fast"), config.set("slow")); // true false
 * console.log(await reader); // fast
 * ```
 */
export class SetOnce<T> extends Once<T> {
  static {
    shownBy(SetOnce, ({ isInitialized }) => ({ isInitialized }));
  }

  get [sendable](): string {
    return "tokiwa.SetOnce";
  }

  /** One that was not set. */
  constructor(codec?: Codec<T>);
  /** @internal */
  constructor(origin: Origin, codec?: Codec<T>);
  constructor(from?: Origin | Codec<T>, codec?: Codec<T>) {
    super(from, codec);
  }

  /** One with a value. */
  static from<T>(value: T, codec?: Codec<T>): SetOnce<T> {
    const cell = new SetOnce<T>(codec);
    cell.set(value);
    return cell;
  }

  /**
   * Sets the value. False if it was set before.
   *
   * @throws {TypeError} If it is not what the codec is for.
   */
  set(value: T): boolean {
    let permit = this.begin();
    // Ends: on another thread, somebody sets it at this moment.
    while (permit === SYNC_BLOCKED) permit = this.begin();
    return this.fillIf(permit, value);
  }

  /**
   * Waits until the value is set.
   *
   * **Cancel safety.** Nothing is lost.
   */
  wait(options?: WaitOptions): Future<T> {
    return withSignal("wait for the value", new Setting(this), options);
  }
}

class Setting<T> extends Wait<T> {
  protected readonly action = "wait for the value";
  readonly #cell: SetOnce<T>;

  constructor(cell: SetOnce<T>) {
    super(cell.thread);
    this.#cell = cell;
  }

  protected override begin(target: number): number {
    const { core } = this.thread;
    return core.primitiveClosed(this.#cell.primitive(this.action), stakesOf(this.thread), target);
  }

  protected override settle(): T {
    return this.#cell.get() as T;
  }

  protected override finish(stake: number): T {
    this.giveUp(stake);
    return this.settle();
  }
}
