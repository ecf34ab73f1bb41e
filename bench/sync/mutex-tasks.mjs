// Those who lock a mutex, on other threads.
import { task } from "tokiwa";

/** Tells that it is there, keeps its worker to itself until `go`, and adds one so many times. */
export const raise = task(import.meta, "raise", function* (mutex, times, there, go) {
  there.addPermits(1);
  while (go.availablePermits === 0);
  for (let i = 0; i < times; i++) {
    const guard = yield* mutex.lock();
    guard.value += 1;
    guard[Symbol.dispose]();
  }
});
