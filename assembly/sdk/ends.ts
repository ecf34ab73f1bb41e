/** What the ends of channels of all kinds have in common. */
import {
  SYNC_BLOCKED,
  SYNC_CLOSED,
  SYNC_DONE,
  SYNC_LAGGED,
  SYNC_NO_MEMORY,
  SYNC_REFUSED,
} from "../shared/verdicts";
import { Handle, made } from "./handle";
import * as core from "./tokiwa";
import { contentOf, discard } from "./values";

/** Both ends of a new channel. */
@final
export class Ends<S, R> {
  constructor(
    public sender: S,
    public receiver: R,
  ) {}
}

/** The ends of a channel as the core returns them. Throws if it could not make them. */
export function bothEnds<S, R>(handles: u64): Ends<S, R> {
  const receiver = made(<usize>handles);
  return new Ends<S, R>(changetype<S>(<usize>(handles >> 32)), changetype<R>(receiver));
}

/** What became of a message that was not to wait. Compare it: none of these is false. */
export enum Sent {
  /** It is on its way. */
  Done = SYNC_DONE,
  /** There is no room for it now. */
  Full = SYNC_BLOCKED,
  /** Nobody will receive it. */
  Closed = SYNC_CLOSED,
}

/** What a receiver has found. Compare it: none of these is false. */
export enum Received {
  /** Something, which is its `value` now. */
  Value = SYNC_DONE,
  /** Nothing now. */
  Empty = SYNC_BLOCKED,
  /** Nothing, and nothing will come. */
  Closed = SYNC_CLOSED,
  /** That messages were lost; the receiver's `lost` says how many. */
  Lagged = SYNC_LAGGED,
}

/** An end of a channel of any kind. */
@unmanaged
export class End extends Handle {
  /** Do both belong to the same channel? */
  sameChannel(other: End): bool {
    return core.guestIsSame(changetype<usize>(this), changetype<usize>(other));
  }

  /** How many senders there are. */
  get strongCount(): u32 {
    return core.guestSenders(changetype<usize>(this));
  }

  /** How many senders there are without which the channel may end. */
  get weakCount(): u32 {
    return core.guestWeakSenders(changetype<usize>(this));
  }
}

/** An end that sends. */
@unmanaged
export class SendingEnd extends End {
  /** Waits until nobody will receive what is sent: all receivers are gone, or have closed. */
  closed(): void {
    check(core.guestClosed(changetype<usize>(this)), "wait");
  }

  /** Will nobody receive what is sent now? */
  get isClosed(): bool {
    return core.guestIsClosed(changetype<usize>(this));
  }
}

/** A sender without which its channel may end: another way to come to a sender of type `S`. */
@final
@unmanaged
export class WeakEnd<S> extends End {
  /** Another one, for another task. */
  clone(): WeakEnd<S> {
    return changetype<WeakEnd<S>>(made(core.guestCreateWeakSender(changetype<usize>(this))));
  }

  /** A sender, or `null` if there is none any more. */
  upgrade(): S | null {
    const verdict = core.guestUpgrade(changetype<usize>(this));
    return verdict == SYNC_CLOSED ? null : changetype<S>(made(verdict));
  }
}

/** An end that receives. */
@unmanaged
export class ReceivingEnd<T> extends End {
  /** A copy of what came last. Traps, or is 0, before the first message. */
  get value(): T {
    return contentOf<T>(core.guestMessage(changetype<usize>(this)));
  }
}

/** A verdict that says what came of a call. Throws if it is that it cannot be made. */
export function check(verdict: u32, action: string): u32 {
  if (verdict == SYNC_NO_MEMORY) throw new Error(`Cannot ${action}: the memory is full`);
  if (verdict == SYNC_REFUSED) core.guestRefuse();
  return verdict;
}

/** What became of a message. One that was not taken over is freed. */
export function settled<T>(verdict: u32, message: u64): Sent {
  if (verdict == SYNC_DONE) return Sent.Done;
  discard<T>(message);
  return <Sent>check(verdict, "send");
}
