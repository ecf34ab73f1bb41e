/** Every receiver gets every message, if it is not too late. */
import { check, Ends, Received, ReceivingEnd, SendingEnd, Sent, settled, WeakEnd } from "./ends";
import { made } from "./handle";
import * as core from "./tokiwa";
import { messageOf } from "./values";

/** Both ends of a new broadcast. */
export type Channel<T> = Ends<Sender<T>, Receiver<T>>;

/** A sender without which the broadcast may end. It sends nothing itself. */
export type WeakSender<T> = WeakEnd<Sender<T>>;

/**
 * A broadcast that keeps so many messages, rounded up to a power of two, for who receives them
 * late. Traps if that is 0, or more than there is memory for.
 */
export function channel<T>(capacity: u32): Channel<T> {
  if (capacity == 0) throw new RangeError("Cannot make broadcast: capacity must be 1 or more");
  const handle = made(core.guestCreateBroadcast(capacity, isManaged<T>()));
  const sender = changetype<Sender<T>>(handle);
  return new Ends<Sender<T>, Receiver<T>>(sender, sender.subscribe());
}

/** The right to send. The broadcast ends once all senders are gone. */
@final
@unmanaged
export class Sender<T> extends SendingEnd {
  /** Another sender, for another task. */
  clone(): Sender<T> {
    return changetype<Sender<T>>(made(core.guestCreateSender(changetype<usize>(this))));
  }

  /** A sender without which the broadcast may end. */
  downgrade(): WeakSender<T> {
    const weak = made(core.guestCreateWeakSender(changetype<usize>(this)));
    return changetype<WeakSender<T>>(weak);
  }

  /** A receiver of what is sent from now on. */
  subscribe(): Receiver<T> {
    return changetype<Receiver<T>>(made(core.guestBroadcastSubscribe(changetype<usize>(this))));
  }

  /** Sends a copy to all. How many that is: at 0 it is sent to nobody. Never waits. */
  send(value: T): u32 {
    const message = messageOf<T>(value);
    const verdict = core.guestBroadcastSend(changetype<usize>(this), message);
    return settled<T>(verdict, message) == Sent.Done ? core.guestBroadcastReached() : 0;
  }

  /** How many receivers there are. */
  get receiverCount(): u32 {
    return core.guestReceivers(changetype<usize>(this));
  }

  /** How many messages some receiver has not seen, of those that are kept. */
  get len(): u32 {
    return core.guestBroadcastLength(changetype<usize>(this));
  }

  /** Has every receiver seen every message? */
  get isEmpty(): bool {
    return this.len == 0;
  }
}

/** The right to receive all that is sent since it was made, in the order of sending. */
@final
@unmanaged
export class Receiver<T> extends ReceivingEnd<T> {
  /**
   * Waits for the next message, which is `value` then. `Lagged` if messages have made room for
   * later ones meanwhile: `lost` of them; then it goes on with the oldest that is kept. `Closed`
   * once all senders are gone, and all was seen. A task that is aborted has lost nothing.
   */
  recv(): Received {
    return <Received>check(core.guestBroadcastReceive(changetype<usize>(this)), "receive");
  }

  /** As `recv`, but `Empty` where that would wait. */
  tryRecv(): Received {
    return <Received>check(core.guestBroadcastTryReceive(changetype<usize>(this)), "receive");
  }

  /** How many messages were lost as it was `Lagged` last. */
  get lost(): u32 {
    return core.guestBroadcastLost(changetype<usize>(this));
  }

  /** Another receiver, of what is sent from now on. */
  resubscribe(): Receiver<T> {
    return changetype<Receiver<T>>(made(core.guestBroadcastSubscribe(changetype<usize>(this))));
  }

  /** How many messages it has not seen, those included that it will find lost. */
  get len(): u32 {
    return core.guestBroadcastUnseen(changetype<usize>(this));
  }

  get isEmpty(): bool {
    return this.len == 0;
  }

  /** Are all senders gone? There may be messages all the same. */
  get isClosed(): bool {
    return core.guestIsEnded(changetype<usize>(this));
  }
}
