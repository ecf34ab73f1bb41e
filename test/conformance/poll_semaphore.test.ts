/**
 * Tokio-util's `poll_semaphore.rs`. A future of `acquire` is what a PollSemaphore keeps: whoever
 * wants another number of permits disposes of it, and makes a new one.
 */
import { PENDING, Semaphore, type SemaphorePermit } from "tokiwa";
import { task } from "tokiwa/test";
import { describe, expect, test } from "vitest";

describe("poll_semaphore", () => {
  test("it_works", () => {
    const semaphore = new Semaphore(1);
    const permit = task(semaphore.acquire()).poll() as SemaphorePermit;
    const waiting = task(semaphore.acquire());
    expect(waiting.poll()).toBe(PENDING);
    permit[Symbol.dispose]();
    expect(waiting.isWoken).toBe(true);
    (waiting.poll() as SemaphorePermit)[Symbol.dispose]();
    semaphore.close();
    for (let time = 0; time < 2; time++) {
      expect(() => task(semaphore.acquire()).poll()).toThrow("the semaphore is closed");
    }
  });

  test("can_acquire_many_permits", () => {
    const semaphore = new Semaphore(4);
    const first = task(semaphore.acquire()).poll() as SemaphorePermit;
    const waiting = task(semaphore.acquire(4));
    expect(waiting.poll()).toBe(PENDING);
    first[Symbol.dispose]();
    expect((waiting.poll() as SemaphorePermit).count).toBe(4);
    const last = task(semaphore.acquire());
    expect(last.poll()).toBe(PENDING);
    semaphore.close();
    expect(() => last.poll()).toThrow("the semaphore is closed");
  });

  test("can_poll_different_amounts_of_permits", () => {
    const semaphore = new Semaphore(1);
    const permit = task(semaphore.acquire()).poll() as SemaphorePermit;
    const two = task(semaphore.acquire(2));
    expect(two.poll()).toBe(PENDING);
    permit[Symbol.dispose]();
    expect(two.poll()).toBe(PENDING);
    two[Symbol.dispose]();
    expect((task(semaphore.acquire()).poll() as SemaphorePermit).count).toBe(1);
  });
});
