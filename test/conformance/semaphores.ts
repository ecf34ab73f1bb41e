/**
 * What upstream tests twice: of permits that borrow their semaphore, and of those that own it.
 *
 * @module
 */
import { Semaphore, type SemaphorePermit, spawn } from "tokiwa";
import { expect, test } from "vitest";
import { Waiter } from "../support/waiter.ts";

export function behavesAsASemaphore(): void {
  test("try_acquire", () => {
    const semaphore = new Semaphore(1);
    const first = semaphore.tryAcquire();
    expect(first).toBeDefined();
    expect(semaphore.tryAcquire()).toBeUndefined();
    first?.[Symbol.dispose]();
    expect(semaphore.tryAcquire()).toBeDefined();
  });

  test("acquire", async () => {
    const semaphore = new Semaphore(1);
    const first = semaphore.tryAcquire() as SemaphorePermit;
    const waiting = await Waiter.of(semaphore.acquire());
    expect(await waiting.isReady()).toBe(false);
    first[Symbol.dispose]();
    expect((await waiting.value()).count).toBe(1);
  });

  test("add_permits", async () => {
    const semaphore = new Semaphore(0);
    const waiting = await Waiter.of(semaphore.acquire());
    expect(await waiting.isReady()).toBe(false);
    semaphore.addPermits(1);
    expect(await waiting.isReady()).toBe(true);
  });

  test("forget", () => {
    const semaphore = new Semaphore(1);
    const permit = semaphore.tryAcquire() as SemaphorePermit;
    expect(semaphore.availablePermits).toBe(0);
    permit.forget();
    expect(semaphore.availablePermits).toBe(0);
    expect(semaphore.tryAcquire()).toBeUndefined();
  });

  test("merge", () => {
    const semaphore = new Semaphore(3);
    const first = semaphore.tryAcquire() as SemaphorePermit;
    const second = semaphore.tryAcquire(2) as SemaphorePermit;
    expect(semaphore.availablePermits).toBe(0);
    first.merge(second);
    expect(semaphore.availablePermits).toBe(0);
    first[Symbol.dispose]();
    expect(semaphore.availablePermits).toBe(3);
  });

  test("merge_unrelated_permits", () => {
    const first = new Semaphore(3).tryAcquire() as SemaphorePermit;
    const second = new Semaphore(3).tryAcquire() as SemaphorePermit;
    expect(() => first.merge(second)).toThrow("Cannot merge permits: they are of two semaphores");
  });

  test("split", () => {
    const semaphore = new Semaphore(5);
    const permit = semaphore.tryAcquire(3) as SemaphorePermit;
    expect(semaphore.availablePermits).toBe(2);
    expect(permit.count).toBe(3);
    const part = permit.split(1) as SemaphorePermit;
    expect([permit.count, part.count, semaphore.availablePermits]).toEqual([2, 1, 2]);
    expect(permit.split(3)).toBeUndefined();
    part[Symbol.dispose]();
    expect([permit.count, semaphore.availablePermits]).toEqual([2, 3]);
    permit[Symbol.dispose]();
    expect(semaphore.availablePermits).toBe(5);
  });

  test("stress_test", async () => {
    const semaphore = new Semaphore(5);
    const enter = () =>
      spawn(function* () {
        (yield* semaphore.acquire())[Symbol.dispose]();
      });
    await Promise.all(Array.from({ length: 1000 }, enter));
    const permits = Array.from({ length: 5 }, () => semaphore.tryAcquire());
    expect(permits).not.toContain(undefined);
    expect(semaphore.tryAcquire()).toBeUndefined();
  });
}
