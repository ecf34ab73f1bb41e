import { Semaphore, sleep, spawn, timeout } from "tokiwa";
import { describe, expect, test } from "vitest";
import { turns } from "../support/turns.ts";
import { rejection } from "../support/waiting.ts";

describe("Semaphore", () => {
  test("lets at most so many in, and serves in order", async () => {
    const slots = new Semaphore(2);
    let [inside, most] = [0, 0];
    const order: number[] = [];
    const work = (id: number) =>
      spawn(function* () {
        using _permit = yield* slots.acquire();
        inside += 1;
        most = Math.max(most, inside);
        order.push(id);
        yield* sleep(1);
        inside -= 1;
      });
    await Promise.all([1, 2, 3, 4, 5].map(work));
    expect(most).toBe(2);
    expect(order).toEqual([1, 2, 3, 4, 5]);
    expect(slots.availablePermits).toBe(2);
  });

  test("is known to its permits", async () => {
    const slots = new Semaphore(3);
    const permit = await slots.acquire(2);
    const { semaphore } = permit;
    expect(semaphore.availablePermits).toBe(1);
    semaphore.addPermits(1);
    expect(slots.availablePermits).toBe(2);
    permit[Symbol.dispose]();
    expect(() => permit.semaphore).toThrow("the SemaphorePermit was disposed");
    expect(semaphore.availablePermits).toBe(4);
  });

  test("does not let a small acquire pass a large one", async () => {
    const slots = new Semaphore(2);
    const first = await slots.acquire();
    const large = spawn(async () => await slots.acquire(2));
    await turns();
    expect(slots.tryAcquire()).toBeUndefined();
    expect(slots.availablePermits).toBe(0);
    first[Symbol.dispose]();
    const permit = await large;
    expect(permit.count).toBe(2);
    permit[Symbol.dispose]();
    permit[Symbol.dispose]();
    expect(slots.availablePermits).toBe(2);
  });

  test("gives what a wait that is given up was granted to the next", async () => {
    const slots = new Semaphore(1);
    const held = await slots.acquire();
    await timeout(1, slots.acquire()).catch(() => {});
    const controller = new AbortController();
    const aborted = rejection(slots.acquire(1, { signal: controller.signal }));
    const task = spawn(async () => await slots.acquire());
    await turns();
    task.abort();
    controller.abort("enough");
    expect(await aborted).toBe("enough");
    const next = slots.acquire();
    held[Symbol.dispose]();
    expect((await next).count).toBe(1);
  });

  test("refuses all once it is closed, and permits stay good", async () => {
    const slots = new Semaphore(1);
    const held = await slots.acquire();
    const waiting = rejection(slots.acquire());
    slots.close();
    expect(String(await waiting)).toContain("Cannot acquire permits: the semaphore is closed");
    expect(String(await rejection(slots.acquire()))).toContain("is closed");
    expect(slots.isClosed).toBe(true);
    held[Symbol.dispose]();
    expect(slots.availablePermits).toBe(1);
  });

  test("adds and forgets permits, which are split and merged", async () => {
    const slots = new Semaphore(0);
    slots.addPermits(5);
    expect(slots.forgetPermits(1)).toBe(1);
    const all = await slots.acquire(4);
    const some = all.split(3);
    expect([all.count, some?.count, all.split(2)]).toEqual([1, 3, undefined]);
    all.merge(some as typeof all);
    expect(all.count).toBe(4);
    some?.[Symbol.dispose]();
    expect(slots.availablePermits).toBe(0);
    all.forget();
    expect(slots.availablePermits).toBe(0);
    expect(() => slots.addPermits(Semaphore.MAX_PERMITS + 1)).toThrow(RangeError);
  });

  test("says what is wrong", async () => {
    expect(() => new Semaphore(-1)).toThrow(
      "Cannot make semaphore: permits must be a whole number",
    );
    const slots = new Semaphore(1);
    expect(() => slots.acquire(0.5)).toThrow("Cannot acquire permits: permits must be a whole");
    const permit = await slots.acquire();
    permit.forget();
    expect(() => permit.count).toThrow("Cannot count permits: the SemaphorePermit was disposed");
    slots[Symbol.dispose]();
    slots[Symbol.dispose]();
    expect(() => slots.tryAcquire()).toThrow("Cannot acquire permits: the Semaphore was disposed");
    expect(String(await rejection(slots.acquire()))).toContain("was disposed");
  });
});
