/** What receivers of channels have in common: of those for many messages, and of those for one. */
import { SYNC_DONE } from "../shared/verdicts";
import { check, Received, ReceivingEnd } from "./ends";
import * as core from "./tokiwa";

/** The right to receive. As it goes, messages that wait are dropped and senders are refused. */
@unmanaged
export class ChannelReceiver<T> extends ReceivingEnd<T> {
  /**
   * Waits for the next message, which is `value` then. False if none will come. A task that is
   * aborted has lost no message.
   */
  recv(): bool {
    const verdict = core.guestReceive(changetype<usize>(this));
    return verdict == SYNC_DONE || check(verdict, "receive") == SYNC_DONE;
  }

  /** As `recv`, but `Empty` where that would wait; `Closed` if none will come. */
  tryRecv(): Received {
    return <Received>check(core.guestTryReceive(changetype<usize>(this)), "receive");
  }

  /** Refuses what is sent from now on. Messages that are there can still be received. */
  close(): void {
    core.guestCloseChannel(changetype<usize>(this));
  }

  /** Is there no message now? */
  get isEmpty(): bool {
    return core.guestLength(changetype<usize>(this)) == 0;
  }

  /** Will nobody send any more? There may be messages all the same. */
  get isClosed(): bool {
    const receiver = changetype<usize>(this);
    return core.guestIsClosed(receiver) || core.guestIsEnded(receiver);
  }
}
