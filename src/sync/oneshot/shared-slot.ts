/**
 * Channels for one message in the core.
 *
 * @module
 */

import { SYNC_CLOSED, SYNC_DONE } from "../../../assembly/shared/verdicts.ts";
import type { Future } from "../../future/future.ts";
import type { Handle } from "../handle.ts";
import { Receiving, SharedIntake } from "../shared-intake.ts";
import { type OnceReceiver, refuse, type Slot } from "./slot.ts";

export class SharedSlot<T> extends SharedIntake<T> implements Slot<T> {
  send(sender: Handle, value: T): boolean {
    const { thread } = sender;
    const stake = sender.stake("send");
    const message = this.codec.encode(thread, value);
    sender.origin.stake = 0;
    const isSent = thread.core.oneshotSend(stake, message) === SYNC_DONE;
    if (!isSent) this.codec.discard(thread, message);
    thread.driver.kick();
    return isSent;
  }

  receive(receiver: OnceReceiver): Future<T> {
    return new ReceivingOnce(receiver, this);
  }
}

class ReceivingOnce<T> extends Receiving<T, never> {
  readonly #receiver: OnceReceiver;

  constructor(receiver: OnceReceiver, slot: SharedSlot<T>) {
    super(receiver, slot, undefined as never);
    this.#receiver = receiver;
  }

  protected override begin(target: number): number {
    return this.#receiver.isTerminated ? SYNC_CLOSED : super.begin(target);
  }

  protected override settle(verdict: number): T {
    if (verdict === SYNC_CLOSED) return refuse(this.#receiver);
    const message = super.settle(verdict);
    this.#receiver.terminate();
    return message;
  }
}
