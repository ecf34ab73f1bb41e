/** Telling tasks that something has happened, without a message. */
import { check } from "./ends";
import { Handle, made } from "./handle";
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
    core.guestNotified(changetype<usize>(this));
  }

  /**
   * Stands in line without waiting yet. So no call is lost that comes between a look at what it is
   * about and the wait.
   */
  enable(): Notified {
    return changetype<Notified>(made(core.guestEnable(changetype<usize>(this))));
  }

  /** Wakes who has waited longest; if nobody waits, the next one does not have to. */
  notifyOne(): void {
    core.guestNotifyOne(changetype<usize>(this));
  }

  /** Wakes who has come last; if nobody waits, the next one does not have to. */
  notifyLast(): void {
    core.guestNotifyLast(changetype<usize>(this));
  }

  /** Wakes all who wait. Nothing is kept for who comes later. */
  notifyWaiters(): void {
    core.guestNotifyAll(changetype<usize>(this));
  }
}

/**
 * A place in the line of those who wait to be told. It stays with the task that took it.
 *
 *     let notified = notify.enable();
 *     while (!isDone()) {
 *       notified.wait();
 *       notified = notify.enable();
 *     }
 *     notified.drop();
 */
@final
@unmanaged
export class Notified {
  /** Waits to be told, since the place was taken, and gives it up. */
  wait(): void {
    check(core.guestFinishNotified(changetype<usize>(this)), "wait");
  }

  /** Was it told? Then `wait` will not wait. */
  get isNotified(): bool {
    return core.guestIsTold(changetype<usize>(this));
  }

  /** Gives the place up. If it was told alone, the next one is told. */
  drop(): void {
    core.guestDrop(changetype<usize>(this));
  }
}
