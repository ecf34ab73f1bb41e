import { fromSignal, type MutexGuard } from "tokiwa";
import { describe, expect, test } from "vitest";
import { behavesAsAMutex, FORMS } from "./mutexes.ts";

describe("sync_mutex_owned", () => {
  describe.each(FORMS)("%s", (_name, make) => {
    // A guard belongs to whoever has it, and not to the function that has taken it.
    behavesAsAMutex(make, (mutex) => fromSignal(async () => await mutex.lock()));

    test("try_lock_owned", async () => {
      const mutex = make(1);
      const held = mutex.tryLock() as MutexGuard<number>;
      expect(mutex.tryLock()).toBeUndefined();
      held[Symbol.dispose]();
      mutex.tryLock()?.[Symbol.dispose]();
      expect(mutex.isLocked).toBe(false);
    });
  });
});
