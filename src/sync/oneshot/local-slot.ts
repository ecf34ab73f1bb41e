/**
 * Channels for one message that stay on their worker.
 *
 * @module
 */

import { type Future, PENDING, type Pending } from "../../future/future.ts";
import type { Handle } from "../handle.ts";
import { Line, LineWait } from "../line.ts";
import { LocalMedium } from "../local-medium.ts";
import { Disconnected, Empty } from "../medium.ts";
import { type OnceReceiver, refuse, type Slot } from "./slot.ts";

export class LocalSlot<T> extends LocalMedium implements Slot<T> {
  isFull = false;
  #value: T | undefined;
  /** Made for the first who waits. */
  readers: Line | undefined;

  send(sender: Handle, value: T): boolean {
    sender.stake("send");
    const isOpen = !this.isShut;
    if (isOpen) {
      this.isFull = true;
      this.#value = value;
    }
    sender[Symbol.dispose]();
    return isOpen;
  }

  receive(receiver: OnceReceiver): Future<T> {
    return new LocalReceivingOnce(receiver, this);
  }

  tryReceive(end: Handle): T | typeof Empty | typeof Disconnected {
    end.stake("receive");
    if (this.isFull) return this.take();
    return this.isEnded ? Disconnected : Empty;
  }

  length(end: Handle): number {
    end.stake("look at channel");
    return this.isFull ? 1 : 0;
  }

  isClosed(end: Handle): boolean {
    end.stake("look at channel");
    return this.isEnded;
  }

  close(end: Handle): void {
    end.stake("close channel");
    this.shut();
  }

  get isEnded(): boolean {
    return this.isShut || !this.hasSenders;
  }

  /** Takes the message, which is there. */
  take(): T {
    const value = this.#value as T;
    this.isFull = false;
    this.#value = undefined;
    return value;
  }

  protected override onSendersGone(): void {
    this.readers?.wakeAll();
  }

  protected override onReceiverGone(): void {
    if (this.isFull) this.take();
    this.shut();
  }

  protected shut(): void {
    this.isShut = true;
    this.readers?.wakeAll();
    this.closers?.wakeAll();
  }
}

class LocalReceivingOnce<T> extends LineWait<T> {
  protected get action() {
    return "receive";
  }

  declare protected readonly end: OnceReceiver;
  readonly #slot: LocalSlot<T>;

  constructor(receiver: OnceReceiver, slot: LocalSlot<T>) {
    super(receiver);
    this.#slot = slot;
  }

  protected override ask(): T | Pending {
    const receiver = this.end;
    const slot = this.#slot;
    if (receiver.isTerminated) return refuse(receiver);
    receiver.stake(this.action);
    if (slot.isFull) return this.askNow();
    if (slot.isEnded) return refuse(receiver);
    slot.readers ??= new Line();
    return this.join(slot.readers);
  }

  protected override askNow(): T | Pending {
    if (!this.#slot.isFull) return PENDING;
    const value = this.#slot.take();
    this.end.terminate();
    return value;
  }
}
