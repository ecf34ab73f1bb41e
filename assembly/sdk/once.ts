/** Values that are set once, and then stay. */
import { SYNC_BLOCKED, SYNC_CLOSED } from "../shared/verdicts";
import { Draft } from "./draft";
import { check } from "./ends";
import { Handle, made } from "./handle";
import * as core from "./tokiwa";
import { pack, unpack } from "./values";

/** A value that is set once: a number, or what else may be sent. Every task reads a copy. */
@unmanaged
export class Once<T> extends Handle {
  /** Was it set? */
  get isInitialized(): bool {
    return core.guestIsClosed(changetype<usize>(this));
  }

  /** A copy of the value. Traps if it was not set yet. */
  get value(): T {
    const block = core.guestOnceValue(changetype<usize>(this));
    if (block == 0) throw new Error("Cannot read value: it was not set");
    return unpack<T>(block);
  }
}

/** A value that the first task that needs it makes, while others who do wait for it. */
@final
@unmanaged
export class OnceCell<T> extends Once<T> {
  constructor() {
    super();
    return changetype<OnceCell<T>>(made(core.guestCreateSemaphore(1, 0)));
  }

  /** Another handle of the same cell, for another task. */
  clone(): OnceCell<T> {
    return changetype<OnceCell<T>>(made(core.guestClone(changetype<usize>(this))));
  }

  /**
   * A copy of the value, which `init` makes if nobody has. It may wait. If the task ends in there,
   * by a trap or an abort, the next one who waits makes the value.
   */
  getOrInit(init: () => T): T {
    if (!this.isInitialized) {
      const permit = core.guestAcquire(changetype<usize>(this), 1);
      if (permit != SYNC_CLOSED) fill<T>(made(permit), init());
    }
    return this.value;
  }

  /**
   * As `getOrInit`, for an `init` that may fail: it writes the value to the draft, and says whether
   * it has. False if it has not: then the next one who waits calls its own. Else `value` is there.
   */
  getOrTryInit(init: (draft: Draft<T>) => bool): bool {
    if (this.isInitialized) return true;
    const permit = core.guestAcquire(changetype<usize>(this), 1);
    if (permit == SYNC_CLOSED) return true;
    made(permit);
    const draft = new Draft<T>();
    const isMade = init(draft);
    if (isMade) fill<T>(permit, draft.value);
    else core.guestDrop(permit);
    return isMade;
  }

  /** Sets the value. False if it is set, or a task is about to make it: `isInitialized` tells. */
  set(value: T): bool {
    return filled<T>(core.guestTryAcquire(changetype<usize>(this), 1), value);
  }
}

/** A value that some task sets, and others wait for. */
@final
@unmanaged
export class SetOnce<T> extends Once<T> {
  constructor() {
    super();
    return changetype<SetOnce<T>>(made(core.guestCreateSemaphore(1, 0)));
  }

  /** Another handle of the same, for another task. */
  clone(): SetOnce<T> {
    return changetype<SetOnce<T>>(made(core.guestClone(changetype<usize>(this))));
  }

  /** Sets the value. False if it was set before. */
  set(value: T): bool {
    return filled<T>(core.guestAcquire(changetype<usize>(this), 1), value);
  }

  /** Waits until the value is set. Returns a copy. */
  wait(): T {
    check(core.guestClosed(changetype<usize>(this)), "wait");
    return this.value;
  }
}

/** Sets a value, if the verdict is the permit to. */
function filled<T>(verdict: usize, value: T): bool {
  if (verdict == SYNC_CLOSED || verdict == SYNC_BLOCKED) return false;
  fill<T>(made(verdict), value);
  return true;
}

/** Sets a value, and gives the permit up. */
function fill<T>(permit: usize, value: T): void {
  const block = pack<T>(value);
  if (!core.guestOnceSet(permit, block)) core.guestHeapRelease(block);
  core.guestDrop(permit);
}
