/**
 * Channels in the core: those of `mpsc`, and of `oneshot`, which have room for one message.
 *
 * @module
 */

import { SYNC_BLOCKED, SYNC_CLOSED, SYNC_NO_MEMORY } from "../../assembly/shared/verdicts.ts";
import { stakesOf } from "../core/stakes.ts";
import { type Handle, made, type Origin } from "./handle.ts";
import { Disconnected, Empty, type Intake } from "./medium.ts";
import { slotOf } from "./message.ts";
import { SharedMedium } from "./shared-medium.ts";
import { AGAIN, Wait } from "./wait.ts";

export class SharedIntake<T> extends SharedMedium<T> implements Intake<T> {
  length(end: Handle): number {
    return end.thread.core.channelLength(end.primitive("look at channel"));
  }

  close(end: Handle): void {
    end.thread.core.channelClose(end.primitive("close channel"));
    end.thread.driver.kick();
  }

  tryReceive(end: Handle): T | typeof Empty | typeof Disconnected {
    const { thread } = end;
    const verdict = thread.core.channelTryReceive(end.primitive("receive"));
    if (verdict === SYNC_BLOCKED) return Empty;
    if (verdict === SYNC_CLOSED) return Disconnected;
    thread.driver.kick();
    return this.codec.read(thread, slotOf(thread));
  }
}

/** A new channel's sender. If there is no memory for it, the receiver is given up as well. */
export function firstSender(receiver: Handle): Origin {
  const { thread } = receiver;
  const address = receiver.primitive("make channel");
  const stake = thread.core.senderCreate(address, stakesOf(thread));
  if (stake === SYNC_NO_MEMORY) receiver[Symbol.dispose]();
  return made(thread, stake, "channel");
}

/** Gives the next message, or `none` if no more will come. */
export class Receiving<T, N> extends Wait<T | N> {
  protected get action() {
    return "receive";
  }

  readonly #end: Handle;
  readonly #medium: SharedMedium<T>;
  readonly #none: N;

  constructor(end: Handle, medium: SharedMedium<T>, none: N) {
    super(end.thread);
    this.#end = end;
    this.#medium = medium;
    this.#none = none;
  }

  protected override begin(target: number): number {
    const { core } = this.thread;
    return core.channelReceive(this.#end.primitive(this.action), stakesOf(this.thread), target);
  }

  protected override settle(verdict: number): T | N {
    if (verdict === SYNC_CLOSED) return this.#none;
    return this.#medium.codec.read(this.thread, slotOf(this.thread));
  }

  protected override finish(stake: number): typeof AGAIN {
    this.giveUp(stake);
    return AGAIN;
  }
}
