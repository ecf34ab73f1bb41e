/** The values that locks guard, in a block that all tasks of the guest reach. */
import { Handle, made } from "./handle";
import * as core from "./tokiwa";
import { place, placed, sizeAt } from "./values";

/** The right to use and change the value of a lock, until `drop`. */
@unmanaged
export class Guard<T> extends Handle {
  /** The value. An object is the very one, to be changed in place, and only until `drop`. */
  get value(): T {
    return placed<T>(core.guestGuarded(changetype<usize>(this)));
  }

  set value(value: T) {
    place<T>(value, core.guestGuarded(changetype<usize>(this)));
  }
}

/** A new lock with so many permits. */
export function guard<T>(value: T, permits: u32): usize {
  const handle = made(core.guestCreateSemaphore(permits, sizeAt<T>()));
  place<T>(value, core.guestGuarded(handle));
  return handle;
}
