/** Telling tasks that they are to end. */
import { check } from "./ends";
import { Handle, made } from "./handle";
import * as core from "./tokiwa";

/** A flag that is raised once, and that tasks may look at or wait for. */
@final
@unmanaged
export class CancellationToken extends Handle {
  constructor() {
    super();
    return changetype<CancellationToken>(made(core.guestCreateToken()));
  }

  /** Another handle of the same token, for another task. */
  clone(): CancellationToken {
    return changetype<CancellationToken>(made(core.guestClone(changetype<usize>(this))));
  }

  /** A token that is cancelled with this one. Cancelling it does nothing to this one. */
  childToken(): CancellationToken {
    return changetype<CancellationToken>(made(core.guestCreateChildToken(changetype<usize>(this))));
  }

  /** Cancels the token and all that come from it, for good. */
  cancel(): void {
    core.guestCancel(changetype<usize>(this));
  }

  /** Has it been cancelled, or one that it comes from? */
  get isCancelled(): bool {
    return core.guestIsCancelled(changetype<usize>(this));
  }

  /** Waits until it is cancelled. */
  cancelled(): void {
    check(core.guestCancelled(changetype<usize>(this)), "wait");
  }
}
