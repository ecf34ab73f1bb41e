/** One message, from one sender to one receiver. */
import { ChannelReceiver } from "./channel-receiver";
import { bothEnds, Ends, SendingEnd, Sent, settled } from "./ends";
import * as core from "./tokiwa";
import { messageOf } from "./values";

/** Both ends of a new channel for one message. */
export type Channel<T> = Ends<Sender<T>, Receiver<T>>;

/** A channel for one message. */
export function channel<T>(): Channel<T> {
  return bothEnds<Sender<T>, Receiver<T>>(core.guestCreateChannel(1, isManaged<T>()));
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
  /** Has all come that will? Then `recv` gives nothing: the message was received, or none came. */
  get isTerminated(): bool {
    return this.isEmpty && core.guestIsEnded(changetype<usize>(this));
  }
}
