/** One message, from one sender to one receiver. */
import { Handle, made } from "./handle";
import { Receiver, settled } from "./mpsc";
import * as core from "./tokiwa";
import { messageOf } from "./values";

/** Both ends of a new channel for one message. */
@final
export class Channel<T> {
  constructor(
    public sender: Sender<T>,
    public receiver: Receiver<T>,
  ) {}
}

/** A channel for one message. */
export function channel<T>(): Channel<T> {
  const receiver = made(core.guestCreateChannel(1, isManaged<T>()));
  const sender = made(core.guestCreateSender(receiver));
  return new Channel<T>(changetype<Sender<T>>(sender), changetype<Receiver<T>>(receiver));
}

/** The right to send once. One that goes without having sent ends the channel. */
@final
@unmanaged
export class Sender<T> extends Handle {
  /** Sends a copy, and gives the sender up. False if nobody will receive it. Never waits. */
  send(value: T): bool {
    const message = messageOf<T>(value);
    return settled<T>(core.guestSendOnce(changetype<usize>(this), message), message);
  }
}
