/** One value that is replaced, and receivers that learn of the latest. */
import { SYNC_BLOCKED, SYNC_DONE } from "../shared/verdicts";
import { Draft } from "./draft";
import { check, Ends, Received, ReceivingEnd, SendingEnd, Sent, settled } from "./ends";
import { made } from "./handle";
import * as core from "./tokiwa";
import { contentOf, discard, messageOf } from "./values";

/** Both ends of a new watch. */
export type Channel<T> = Ends<Sender<T>, Receiver<T>>;

/** A watch with a first value, which its receiver has seen. */
export function channel<T>(initial: T): Channel<T> {
  const message = messageOf<T>(initial);
  const verdict = core.guestCreateWatch(message, isManaged<T>());
  if (verdict == 0) discard<T>(message);
  const sender = changetype<Sender<T>>(made(verdict));
  return new Ends<Sender<T>, Receiver<T>>(sender, sender.subscribe());
}

/** The right to replace the value. The watch ends once all senders are gone. */
@final
@unmanaged
export class Sender<T> extends SendingEnd {
  /** Another sender, for another task. */
  clone(): Sender<T> {
    return changetype<Sender<T>>(made(core.guestCreateSender(changetype<usize>(this))));
  }

  /** A receiver that has seen the present value. */
  subscribe(): Receiver<T> {
    return changetype<Receiver<T>>(made(core.guestWatchSubscribe(changetype<usize>(this))));
  }

  /** Replaces the value by a copy. False if there are no receivers: then it is as it was. */
  send(value: T): bool {
    const message = messageOf<T>(value);
    const verdict = core.guestWatchSend(changetype<usize>(this), message);
    return settled<T>(verdict, message) == Sent.Done;
  }

  /** Replaces the value, whether anybody receives it or not. Returns the previous one. */
  sendReplace(value: T): T {
    const message = messageOf<T>(value);
    settled<T>(core.guestWatchReplace(changetype<usize>(this), message), message);
    return contentOf<T>(core.guestMessage(changetype<usize>(this)));
  }

  /**
   * Replaces the value by what `modify` makes of it, whether anybody receives it or not. If another
   * sender replaces it meanwhile, `modify` is called again, with the new one.
   */
  sendModify(modify: (value: T) => T): void {
    let verdict: u32 = SYNC_BLOCKED;
    // Ends when no other sender comes between.
    while (verdict != SYNC_DONE) {
      const message = messageOf<T>(modify(this.borrow()));
      verdict = core.guestWatchReplaceIf(changetype<usize>(this), message);
      settled<T>(verdict, message);
    }
  }

  /**
   * Has `modify` change the present value, which is the draft's, and replaces it if that says that
   * it has, whether anybody receives it or not. Returns what it has said. It may be called again,
   * as that of `sendModify`.
   */
  sendIfModified(modify: (draft: Draft<T>) => bool): bool {
    let verdict: u32 = SYNC_BLOCKED;
    // Ends when no other sender comes between.
    while (verdict != SYNC_DONE) {
      const draft = new Draft<T>();
      draft.value = this.borrow();
      if (!modify(draft)) return false;
      const message = messageOf<T>(draft.value);
      verdict = core.guestWatchReplaceIf(changetype<usize>(this), message);
      settled<T>(verdict, message);
    }
    return true;
  }

  /** A copy of the present value. */
  borrow(): T {
    core.guestWatchBorrow(changetype<usize>(this));
    return contentOf<T>(core.guestMessage(changetype<usize>(this)));
  }

  /** How many receivers there are. */
  get receiverCount(): u32 {
    return core.guestReceivers(changetype<usize>(this));
  }
}

/**
 * Learns of values. What it may miss are those that were replaced before it looked; the last one it
 * always learns of. Its `value` is a copy of what `changed` told of, or was borrowed, last.
 */
@final
@unmanaged
export class Receiver<T> extends ReceivingEnd<T> {
  /** Another receiver, that has seen what this one has. */
  clone(): Receiver<T> {
    return changetype<Receiver<T>>(made(core.guestWatchClone(changetype<usize>(this))));
  }

  /**
   * Waits for a value that this receiver has not seen, which is `value` then, and seen. False once
   * all senders are gone, and the last value was seen. A task that is aborted has seen nothing.
   */
  changed(): bool {
    return check(core.guestWatchChanged(changetype<usize>(this)), "wait") == SYNC_DONE;
  }

  /**
   * Waits for a value that is wanted, and begins with the present one. It is `value` then, and
   * seen. False if all senders are gone before there is one.
   */
  waitFor(isWanted: (value: T) => bool): bool {
    let wanted = isWanted(this.borrowAndUpdate());
    while (!wanted && this.changed()) wanted = isWanted(this.value);
    return wanted;
  }

  /** A copy of the present value, which is not seen by that. */
  borrow(): T {
    core.guestWatchPeek(changetype<usize>(this));
    return this.value;
  }

  /** A copy of the present value, which is seen now. */
  borrowAndUpdate(): T {
    core.guestWatchBorrow(changetype<usize>(this));
    return this.value;
  }

  /** Is there a value that was not seen? `Closed` if all senders are gone, whatever was seen. */
  hasChanged(): Received {
    return <Received>check(core.guestWatchHasChanged(changetype<usize>(this)), "look");
  }

  /** Says that the present value was not seen: so `changed` does not wait. */
  markChanged(): void {
    core.guestWatchMark(changetype<usize>(this), false);
  }

  /** Says that the present value was seen. */
  markUnchanged(): void {
    core.guestWatchMark(changetype<usize>(this), true);
  }

  /** Are all senders gone? */
  get isClosed(): bool {
    return core.guestIsEnded(changetype<usize>(this));
  }
}
