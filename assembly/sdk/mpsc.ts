/** Channels: many senders, one receiver. */
import { SYNC_DONE, SYNC_NO_MEMORY, SYNC_REFUSED } from "../shared/verdicts";
import { Handle, made, refuse } from "./handle";
import { MAX_PERMITS } from "./semaphore";
import * as core from "./tokiwa";
import { contentOf, discard, messageOf } from "./values";

/** Both ends of a new channel. */
@final
export class Channel<T> {
  constructor(
    public sender: Sender<T>,
    public receiver: Receiver<T>,
  ) {}
}

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
  const receiver = made(core.guestCreateChannel(capacity, isManaged<T>()));
  const sender = made(core.guestCreateSender(receiver));
  return new Channel<T>(changetype<Sender<T>>(sender), changetype<Receiver<T>>(receiver));
}

/** The right to send. The channel ends once all senders are gone. */
@final
@unmanaged
export class Sender<T> extends Handle {
  /** Another sender, for another task. */
  clone(): Sender<T> {
    return changetype<Sender<T>>(made(core.guestCreateSender(changetype<usize>(this))));
  }

  /**
   * Sends a copy as soon as there is room, in the order in which senders came. False if nobody will
   * receive it. A task that is aborted meanwhile has not sent.
   */
  send(value: T): bool {
    const message = messageOf<T>(value);
    return settled<T>(core.guestSend(changetype<usize>(this), message), message);
  }

  /** Sends a copy if there is room now. False if there is none, or nobody will receive it. */
  trySend(value: T): bool {
    const message = messageOf<T>(value);
    return settled<T>(core.guestTrySend(changetype<usize>(this), message), message);
  }
}

/** The right to receive. As it goes, messages that wait are dropped and senders are refused. */
@final
@unmanaged
export class Receiver<T> extends Handle {
  /** Waits for the next message, which is `value` then. False if none will come. */
  recv(): bool {
    return hasCome(core.guestReceive(changetype<usize>(this)));
  }

  /** Takes the next message, which is `value` then. False if there is none now. */
  tryRecv(): bool {
    return hasCome(core.guestTryReceive(changetype<usize>(this)));
  }

  /** A copy of the message that came last. Traps, or is 0, before the first. */
  get value(): T {
    return contentOf<T>(core.guestMessage(changetype<usize>(this)));
  }

  /** Refuses what is sent from now on. Messages that are there can still be received. */
  close(): void {
    if (!core.guestCloseChannel(changetype<usize>(this))) refuse();
  }
}

/** Was the message taken over? One that was not is freed. */
export function settled<T>(verdict: u32, message: u64): bool {
  if (verdict == SYNC_DONE) return true;
  discard<T>(message);
  if (verdict == SYNC_NO_MEMORY) throw new Error("Cannot send: the memory is full");
  if (verdict == SYNC_REFUSED) refuse();
  return false;
}

function hasCome(verdict: u32): bool {
  if (verdict == SYNC_NO_MEMORY) throw new Error("Cannot receive: the memory is full");
  if (verdict == SYNC_REFUSED) refuse();
  return verdict == SYNC_DONE;
}
