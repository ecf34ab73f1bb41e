/** Semaphores: at most so many tasks at a time. */
import { PERMITS_MAX } from "../shared/limits";
import { SYNC_BLOCKED, SYNC_CLOSED } from "../shared/verdicts";
import { Handle, made } from "./handle";
import * as core from "./tokiwa";

/** The most permits that a semaphore may have. */
export const MAX_PERMITS: u32 = PERMITS_MAX;

/**
 * A counting semaphore. Permits go to those who wait in the order in which they came, and nobody
 * overtakes the first, even if there is enough for the second and not for the first.
 */
@final
@unmanaged
export class Semaphore extends Handle {
  /** Traps for more than `MAX_PERMITS`, or if the memory is full. */
  constructor(permits: u32) {
    super();
    if (permits > MAX_PERMITS) throw new RangeError("Cannot make semaphore: too many permits");
    return changetype<Semaphore>(made(core.guestCreateSemaphore(permits, 0)));
  }

  /** Another handle of the same semaphore, for another task. */
  clone(): Semaphore {
    return changetype<Semaphore>(made(core.guestClone(changetype<usize>(this))));
  }

  /** Waits for a permit. `null` if the semaphore is closed, or will be meanwhile. */
  acquire(): SemaphorePermit | null {
    return this.acquireMany(1);
  }

  /**
   * Waits for so many permits at once. `null` if the semaphore is closed, or will be meanwhile. A
   * task that is aborted loses its place in line.
   */
  acquireMany(permits: u32): SemaphorePermit | null {
    return permitOf(core.guestAcquire(changetype<usize>(this), permits));
  }

  /** Takes a permit that is free now. `null` if there is none: `isClosed` tells why. */
  tryAcquire(): SemaphorePermit | null {
    return this.tryAcquireMany(1);
  }

  /** Takes so many permits, if they are free now. `null` if not: `isClosed` tells why. */
  tryAcquireMany(permits: u32): SemaphorePermit | null {
    return permitOf(core.guestTryAcquire(changetype<usize>(this), permits));
  }

  /** How many permits are free: none while anybody waits. */
  get availablePermits(): u32 {
    return core.guestPermits(changetype<usize>(this));
  }

  /** Adds permits. Traps if there would be too many. */
  addPermits(permits: u32): void {
    if (core.guestAddPermits(changetype<usize>(this), permits)) return;
    throw new RangeError("Cannot add permits: there would be too many");
  }

  /** Takes up to so many free permits away for good. Returns how many. */
  forgetPermits(permits: u32): u32 {
    return core.guestForgetPermits(changetype<usize>(this), permits);
  }

  /** Was it closed? */
  get isClosed(): bool {
    return core.guestIsClosed(changetype<usize>(this));
  }

  /** Refuses all who wait and all who come later. Permits that are out stay good. */
  close(): void {
    core.guestCloseSemaphore(changetype<usize>(this));
  }
}

/** The right to be inside, until `drop`. It may be given to a spawned task. */
@final
@unmanaged
export class SemaphorePermit extends Handle {
  /** How many permits it stands for. */
  get numPermits(): u32 {
    return core.guestHeldPermits(changetype<usize>(this));
  }

  /** Takes so many permits out of this one. `null` if it has fewer. */
  split(permits: u32): SemaphorePermit | null {
    return permitOf(core.guestSplitPermits(changetype<usize>(this), permits));
  }

  /** Takes over the other's permits; that one is given up. Traps if they are of two semaphores. */
  merge(other: SemaphorePermit): void {
    if (core.guestMergePermits(changetype<usize>(this), changetype<usize>(other))) return;
    throw new Error("Cannot merge permits: they are of two semaphores, or one handle");
  }

  /** Gives up the handle, and never gives its permits back. */
  forget(): void {
    core.guestForget(changetype<usize>(this));
  }
}

function permitOf(verdict: usize): SemaphorePermit | null {
  if (verdict == SYNC_CLOSED || verdict == SYNC_BLOCKED) return null;
  return changetype<SemaphorePermit>(made(verdict));
}
