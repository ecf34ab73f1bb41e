/**
 * Channels in the core, with a limit or without.
 *
 * @module
 */

import { CHANNEL_CAPACITY } from "../../../assembly/shared/layout.ts";
import {
  SYNC_CLOSED,
  SYNC_DONE,
  SYNC_NO_MEMORY,
  SYNC_STAKE,
} from "../../../assembly/shared/verdicts.ts";
import { stakesOf } from "../../core/stakes.ts";
import { OutOfMemoryError } from "../../error/out-of-memory.ts";
import type { Future } from "../../future/future.ts";
import { type Handle, made, Origin } from "../handle.ts";
import { Receiving, SharedIntake } from "../shared-intake.ts";
import { notReceiving, type Queue } from "./queue.ts";
import { ReceivingMany, Reserving, Sending } from "./shared-waits.ts";

const LOOK = "look at channel";

export class SharedQueue<T> extends SharedIntake<T> implements Queue<T> {
  capacity(end: Handle): number {
    if (this.maxCapacity(end) === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    return end.thread.core.semaphoreAvailable(end.primitive(LOOK));
  }

  maxCapacity(end: Handle): number {
    const address = end.primitive(LOOK);
    return end.thread.u32[(address + CHANNEL_CAPACITY) >> 2] || Number.POSITIVE_INFINITY;
  }

  send(end: Handle, value: T): Future<void> {
    return new Sending(end, this.codec, value);
  }

  trySend(end: Handle, value: T): "ok" | "full" | "closed" {
    const { thread } = end;
    const address = end.primitive("send");
    const message = this.codec.encode(thread, value);
    const verdict = thread.core.channelTrySend(address, message);
    thread.driver.kick();
    if (verdict === SYNC_DONE) return "ok";
    this.codec.discard(thread, message);
    if (verdict === SYNC_NO_MEMORY) throw new OutOfMemoryError("send");
    return verdict === SYNC_CLOSED ? "closed" : "full";
  }

  reserve<R>(end: Handle, places: number, make: (origin: Origin) => R): Future<R> {
    return new Reserving(end, places, make);
  }

  tryReserve(end: Handle, places: number): Origin | undefined {
    const { thread } = end;
    const address = end.primitive("reserve");
    const stake = thread.core.semaphoreTryAcquire(address, places, stakesOf(thread));
    if (stake === SYNC_NO_MEMORY) throw new OutOfMemoryError("reserve");
    if (stake === SYNC_CLOSED) throw notReceiving();
    return stake < SYNC_STAKE ? undefined : new Origin(thread, stake);
  }

  split(permit: Handle): Origin {
    const { thread } = permit;
    return made(thread, thread.core.semaphoreSplit(permit.stake("take permit"), 1), "permit");
  }

  sendReserved(permit: Handle, value: T): void {
    const { thread } = permit;
    const stake = permit.stake("send");
    thread.core.channelSendReserved(stake, this.codec.encode(thread, value));
  }

  receive<N>(end: Handle, none: N): Future<T | N> {
    return new Receiving(end, this, none);
  }

  receiveMany(end: Handle, limit: number, messages: T[]): Future<T[]> {
    return new ReceivingMany(end, this, limit, messages);
  }
}
