import { Semaphore } from "tokiwa";
import { describe, expect, test } from "vitest";
import { Waiter } from "../support/waiter.ts";
import { behavesAsASemaphore } from "./semaphores.ts";

// A permit keeps its semaphore there: there is no other kind.
describe("sync_semaphore_owned", () => {
  behavesAsASemaphore();

  test("try_acquire_many", () => {
    const semaphore = new Semaphore(42);
    const most = semaphore.tryAcquire(32);
    expect(most?.count).toBe(32);
    const rest = semaphore.tryAcquire(10);
    expect(semaphore.tryAcquire()).toBeUndefined();
    most?.[Symbol.dispose]();
    expect(semaphore.tryAcquire(33)).toBeUndefined();
    expect(semaphore.tryAcquire(32)?.count).toBe(32);
    rest?.[Symbol.dispose]();
    expect(semaphore.availablePermits).toBe(10);
  });

  test("acquire_many", async () => {
    const semaphore = new Semaphore(42);
    const most = semaphore.tryAcquire(32);
    const waiting = await Waiter.of(semaphore.acquire(32));
    expect(await waiting.isReady()).toBe(false);
    semaphore[Symbol.dispose]();
    most?.[Symbol.dispose]();
    expect((await waiting.value()).count).toBe(32);
  });
});
