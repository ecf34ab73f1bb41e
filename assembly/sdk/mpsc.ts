/** Channels: many senders, one receiver. */
import { SYNC_BLOCKED, SYNC_CLOSED } from "../shared/verdicts";
import { acquireUntil } from "./branch";
import { ChannelReceiver } from "./channel-receiver";
import { bothEnds, Ends, Received, SendingEnd, Sent, settled, WeakEnd } from "./ends";
import { Handle, made } from "./handle";
import { MAX_PERMITS } from "./semaphore";
import { now } from "./time";
import * as core from "./tokiwa";
import { messageOf } from "./values";

/** Both ends of a new channel. */
export type Channel<T> = Ends<Sender<T>, Receiver<T>>;

/** A sender without which the channel may end. It sends nothing itself. */
export type WeakSender<T> = WeakEnd<Sender<T>>;

/** A channel with room for so many messages; whoever sends more waits. */
export function channel<T>(capacity: u32): Channel<T> {
  if (capacity == 0 || capacity > MAX_PERMITS) {
    throw new RangeError(`Cannot make channel: capacity must be 1 to ${MAX_PERMITS}`);
  }
  return channelOf<T>(capacity);
}

/** A channel without a limit: to send never waits. */
export function unboundedChannel<T>(): Channel<T> {
  return channelOf<T>(0);
}

function channelOf<T>(capacity: u32): Channel<T> {
  return bothEnds<Sender<T>, Receiver<T>>(core.guestCreateChannel(capacity, isManaged<T>()));
}

/** The right to send. The channel ends once all senders are gone. */
@final
@unmanaged
export class Sender<T> extends SendingEnd {
  /** Another sender, for another task. */
  clone(): Sender<T> {
    return changetype<Sender<T>>(made(core.guestCreateSender(changetype<usize>(this))));
  }

  /** A sender without which the channel may end. */
  downgrade(): WeakSender<T> {
    const weak = made(core.guestCreateWeakSender(changetype<usize>(this)));
    return changetype<WeakSender<T>>(weak);
  }

  /**
   * Sends a copy as soon as there is room, in the order in which senders came. False if nobody will
   * receive it. A task that is aborted meanwhile has not sent.
   */
  send(value: T): bool {
    const message = messageOf<T>(value);
    return settled<T>(core.guestSend(changetype<usize>(this), message), message) == Sent.Done;
  }

  /** Sends a copy if there is room now: none is left if there are as many as the limit. */
  trySend(value: T): Sent {
    const message = messageOf<T>(value);
    return settled<T>(core.guestTrySend(changetype<usize>(this), message), message);
  }

  /**
   * As `send`, but gives up after so many milliseconds: `Full` if there was no room in time, and
   * nobody has got anything. A channel without a limit always has room.
   */
  sendTimeout(value: T, durationMs: f64): Sent {
    if (this.maxCapacity == 0) return this.trySend(value);
    const verdict = acquireUntil(changetype<usize>(this), 1, now() + durationMs);
    if (verdict == SYNC_BLOCKED) return Sent.Full;
    const permit = permitOf<T>(verdict);
    if (permit === null) return Sent.Closed;
    permit.send(value);
    return Sent.Done;
  }

  /** Waits for room for a message, in the order in which senders came. `null` as `reserveMany`. */
  reserve(): Permit<T> | null {
    return this.reserveMany(1);
  }

  /**
   * Waits for room for so many messages at once. `null` if nobody will receive them, or there is
   * never so much room. A task that is aborted meanwhile loses its place in line.
   */
  reserveMany(places: u32): Permit<T> | null {
    if (!this.mayReserve(places)) return null;
    return permitOf<T>(core.guestAcquire(changetype<usize>(this), places));
  }

  /** Room for a message, if there is some now. `null` if not: `isClosed` tells why. */
  tryReserve(): Permit<T> | null {
    return this.tryReserveMany(1);
  }

  /** Room for so many messages, if there is so much now. `null` if not: `isClosed` tells why. */
  tryReserveMany(places: u32): Permit<T> | null {
    if (!this.mayReserve(places)) return null;
    return permitOf<T>(core.guestTryAcquire(changetype<usize>(this), places));
  }

  /** Has the channel ever so much room? Traps if it has no limit: then all may send at once. */
  private mayReserve(places: u32): bool {
    const most = this.maxCapacity;
    if (most == 0) throw new Error("Cannot reserve: the channel has no limit");
    return places <= most;
  }

  /** How many messages there is room for now; 0 if there is no limit. */
  get capacity(): u32 {
    return core.guestPermits(changetype<usize>(this));
  }

  /** How many messages there is room for at most; 0 if there is no limit. */
  get maxCapacity(): u32 {
    return core.guestMaxCapacity(changetype<usize>(this));
  }
}

/** Room for a message, or several. What is left of it as it goes is given back. */
@final
@unmanaged
export class Permit<T> extends Handle {
  /**
   * Sends a copy to a place that it has, without a wait. The last one gives the permit up. If the
   * receiver is gone the copy is dropped.
   */
  send(value: T): void {
    const message = messageOf<T>(value);
    settled<T>(core.guestSendReserved(changetype<usize>(this), message), message);
  }
}

function permitOf<T>(verdict: usize): Permit<T> | null {
  if (verdict == SYNC_CLOSED || verdict == SYNC_BLOCKED) return null;
  return changetype<Permit<T>>(made(verdict));
}

/** The right to receive. As it goes, messages that wait are dropped and senders are refused. */
@final
@unmanaged
export class Receiver<T> extends ChannelReceiver<T> {
  /**
   * Waits for a message, and appends all that are there, up to `most`. Returns how many: 0 if none
   * will come, or `most` is 0. A task that is aborted has lost no message.
   */
  recvMany(into: T[], most: u32): u32 {
    if (most == 0 || !this.recv()) return 0;
    into.push(this.value);
    if (!isReference<T>() && sizeof<T>() == 8) return 1 + this.takeMany(into, most - 1);
    let count: u32 = 1;
    for (; count < most && this.tryRecv() == Received.Value; count++) into.push(this.value);
    return count;
  }

  /** Appends what is there of messages that stand in an array as they stand in the channel. */
  private takeMany(into: T[], most: u32): u32 {
    const before = into.length;
    into.length = before + <i32>min(most, this.len);
    const room = <u32>(into.length - before);
    const at = into.dataStart + ((<usize>before) << 3);
    const count = core.guestReceiveMany(changetype<usize>(this), at, room);
    into.length = before + <i32>count;
    return count;
  }

  /** How many messages are there. */
  get len(): u32 {
    return core.guestLength(changetype<usize>(this));
  }

  /** How many messages there is room for now; 0 if there is no limit. */
  get capacity(): u32 {
    return core.guestPermits(changetype<usize>(this));
  }

  /** How many messages there is room for at most; 0 if there is no limit. */
  get maxCapacity(): u32 {
    return core.guestMaxCapacity(changetype<usize>(this));
  }
}
