/** Locks for readers and writers: many may read at a time, or one write. */
import { PERMITS_MAX } from "../shared/limits";
import { SYNC_BLOCKED } from "../shared/verdicts";
import { Guard, guard } from "./guard";
import { Handle, made } from "./handle";
import * as core from "./tokiwa";
import { placed } from "./values";

/**
 * A value that many tasks may read at a time, or one change: a number, or an object whose fields
 * are numbers.
 *
 * Whoever waits is served in order: behind a writer who waits, new readers wait as well. A task
 * that ends while it has a guard unlocks, and leaves the value as it is.
 *
 * *Why no limit of readers*: there is room for more of them than there can be tasks. To have few at
 * work, take a permit of a {@link Semaphore} first, which says so where it matters.
 */
@final
@unmanaged
export class RwLock<T> extends Handle {
  constructor(value: T) {
    super();
    return changetype<RwLock<T>>(guard<T>(value, PERMITS_MAX));
  }

  /** Another handle of the same lock, for another task. */
  clone(): RwLock<T> {
    return changetype<RwLock<T>>(made(core.guestClone(changetype<usize>(this))));
  }

  /** Waits until nobody writes. */
  read(): RwLockReadGuard<T> {
    return changetype<RwLockReadGuard<T>>(made(core.guestAcquire(changetype<usize>(this), 1)));
  }

  /** Waits until nobody reads or writes. */
  write(): RwLockWriteGuard<T> {
    const verdict = core.guestAcquire(changetype<usize>(this), PERMITS_MAX);
    return changetype<RwLockWriteGuard<T>>(made(verdict));
  }

  /** The guard, or `null` if somebody writes or waits to. */
  tryRead(): RwLockReadGuard<T> | null {
    const verdict = core.guestTryAcquire(changetype<usize>(this), 1);
    return verdict == SYNC_BLOCKED ? null : changetype<RwLockReadGuard<T>>(made(verdict));
  }

  /** The guard, or `null` if somebody reads or writes. */
  tryWrite(): RwLockWriteGuard<T> | null {
    const verdict = core.guestTryAcquire(changetype<usize>(this), PERMITS_MAX);
    return verdict == SYNC_BLOCKED ? null : changetype<RwLockWriteGuard<T>>(made(verdict));
  }
}

/** The right to read a lock's value, until `drop`. An object must not be changed. */
@final
@unmanaged
export class RwLockReadGuard<T> extends Handle {
  get value(): T {
    return placed<T>(core.guestGuarded(changetype<usize>(this)));
  }
}

/** The right to change a lock's value, until `drop`. */
@final
@unmanaged
export class RwLockWriteGuard<T> extends Guard<T> {
  /** Lets others read, with no writer in between. This guard must not be used again. */
  downgrade(): RwLockReadGuard<T> {
    if (!core.guestReleasePermits(changetype<usize>(this), PERMITS_MAX - 1)) {
      throw new Error("Cannot downgrade guard: it was downgraded before");
    }
    return changetype<RwLockReadGuard<T>>(this);
  }
}
