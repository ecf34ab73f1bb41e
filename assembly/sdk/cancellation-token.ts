/** Telling tasks that they are to end. */
import { SYNC_DONE, SYNC_NO_MEMORY, SYNC_REFUSED } from "../shared/verdicts";
import { Handle, made, refuse } from "./handle";
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
    if (!core.guestCancel(changetype<usize>(this))) refuse();
  }

  /** Has it been cancelled, or one that it comes from? */
  get isCancelled(): bool {
    const verdict = core.guestIsCancelled(changetype<usize>(this));
    if (verdict == SYNC_REFUSED) refuse();
    return verdict == SYNC_DONE;
  }

  /** Waits until it is cancelled. */
  cancelled(): void {
    const verdict = core.guestCancelled(changetype<usize>(this));
    if (verdict == SYNC_REFUSED) refuse();
    if (verdict == SYNC_NO_MEMORY) throw new Error("Cannot wait: the memory is full");
  }
}
