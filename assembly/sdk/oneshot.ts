/** One message, from one sender to one receiver. */
import { HANDLE_SECOND } from "../shared/layout";
import { ChannelReceiver } from "./channel-receiver";
import { SendingEnd, Sent, settled } from "./ends";
import { made } from "./handle";
import * as core from "./tokiwa";
import { fromBits, messageOf } from "./values";

/** Both ends of a new channel for one message. */
@final
@unmanaged
export class Channel<T> {
  /** The end that sends. */
  get sender(): Sender<T> {
    return changetype<Sender<T>>(changetype<usize>(this) + HANDLE_SECOND);
  }

  /** The end that receives. */
  get receiver(): Receiver<T> {
    return changetype<Receiver<T>>(changetype<usize>(this));
  }
}

/** A channel for one message. */
export function channel<T>(): Channel<T> {
  return changetype<Channel<T>>(made(core.guestCreateOneshot(isManaged<T>())));
}

/** The right to send once. One that goes without having sent ends the channel. */
@final
@unmanaged
export class Sender<T> extends SendingEnd {
  /** Sends a copy, and gives the sender up. False if nobody will receive it. Never waits. */
  send(value: T): bool {
    const message = messageOf<T>(value);
    return settled<T>(core.guestSendOnce(changetype<usize>(this), message), message) == Sent.Done;
  }
}

/** The right to receive the message. As it goes, the sender is refused. */
@final
@unmanaged
export class Receiver<T> extends ChannelReceiver<T> {
  /**
   * Waits for the message, gives the receiver up, and returns what came. Traps if none will come. A
   * task that is aborted has lost no message.
   */
  wait(): T {
    if (!isManaged<T>()) return fromBits<T>(core.guestReceiveOnce(changetype<usize>(this)));
    if (!this.recv()) throw new Error("Cannot receive message: the sender has gone without one");
    const value = this.value;
    this.drop();
    return value;
  }

  /** Has all come that will? Then `recv` gives nothing: the message was received, or none came. */
  get isTerminated(): bool {
    return this.isEmpty && core.guestIsEnded(changetype<usize>(this));
  }
}
