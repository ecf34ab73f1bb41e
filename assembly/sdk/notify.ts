/** Telling tasks that something has happened, without a message. */
import { SYNC_NO_MEMORY, SYNC_REFUSED } from "../shared/verdicts";
import { Handle, made, refuse } from "./handle";
import * as core from "./tokiwa";

/**
 * Wakes tasks that wait for it. One call that finds nobody waiting is kept for the next to wait;
 * more than one are kept as one.
 */
@final
@unmanaged
export class Notify extends Handle {
  constructor() {
    super();
    return changetype<Notify>(made(core.guestCreateNotify(0)));
  }

  /** Another handle of the same, for another task. */
  clone(): Notify {
    return changetype<Notify>(made(core.guestClone(changetype<usize>(this))));
  }

  /** Waits to be told. A task that is aborted after it was told alone passes that on. */
  notified(): void {
    const verdict = core.guestNotified(changetype<usize>(this));
    if (verdict == SYNC_REFUSED) refuse();
    if (verdict == SYNC_NO_MEMORY) throw new Error("Cannot wait: the memory is full");
  }

  /** Wakes who has waited longest; if nobody waits, the next one does not have to. */
  notifyOne(): void {
    if (!core.guestNotifyOne(changetype<usize>(this))) refuse();
  }

  /** Wakes who has come last; if nobody waits, the next one does not have to. */
  notifyLast(): void {
    if (!core.guestNotifyLast(changetype<usize>(this))) refuse();
  }

  /** Wakes all who wait. Nothing is kept for who comes later. */
  notifyWaiters(): void {
    if (!core.guestNotifyAll(changetype<usize>(this))) refuse();
  }
}
