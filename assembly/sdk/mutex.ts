/** Mutexes: one task at a time has the value. */
import { SYNC_BLOCKED } from "../shared/verdicts";
import { Guard, guard } from "./guard";
import { Handle, made } from "./handle";
import * as core from "./tokiwa";

/**
 * A value that one task at a time may use: a number, or an object whose fields are numbers.
 *
 * Whoever waits is served in order. The guard may be held across waits. A task that ends while it
 * has the guard, even by a trap, unlocks the mutex and leaves the value as it is.
 */
@final
@unmanaged
export class Mutex<T> extends Handle {
  constructor(value: T) {
    super();
    return changetype<Mutex<T>>(guard<T>(value, 1));
  }

  /** Another handle of the same mutex, for another task. */
  clone(): Mutex<T> {
    return changetype<Mutex<T>>(made(core.guestClone(changetype<usize>(this))));
  }

  /** Waits until the value is free. A task that has the guard already would wait forever. */
  lock(): MutexGuard<T> {
    return changetype<MutexGuard<T>>(made(core.guestAcquire(changetype<usize>(this), 1)));
  }

  /** The guard, or `null` if another one is out. */
  tryLock(): MutexGuard<T> | null {
    const verdict = core.guestTryAcquire(changetype<usize>(this), 1);
    return verdict == SYNC_BLOCKED ? null : changetype<MutexGuard<T>>(made(verdict));
  }
}

/** The right to use a mutex's value, until `drop`. */
@final
@unmanaged
export class MutexGuard<T> extends Guard<T> {}
