/** Upstream's `sync_barrier`: tasks that go on together. */
import { Barrier, PENDING, Runtime } from "tokiwa";
import { task } from "tokiwa/test";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { elsewhere, here, type Place } from "../support/placed.ts";

const leads = { isLeader: true };
const follows = { isLeader: false };

describe("sync_barrier", () => {
  test("zero_does_not_block", async () => {
    const barrier = new Barrier(0);
    for (let time = 0; time < 2; time++) {
      const waiting = task(barrier.wait());
      expect(waiting.poll()).toEqual(leads);
    }
  });

  test("single", async () => {
    const barrier = new Barrier(1);
    for (let time = 0; time < 3; time++) {
      const waiting = task(barrier.wait());
      expect(waiting.poll()).toEqual(leads);
    }
  });

  test("tango", async () => {
    const barrier = new Barrier(2);
    const first = task(barrier.wait());
    expect(first.poll()).toBe(PENDING);
    const second = task(barrier.wait());
    expect(second.poll()).toEqual(leads);
    expect(first.isWoken).toBe(true);
    expect(first.poll()).toEqual(follows);
  });

  /** So many times, all come to the barrier, and one of them leads. */
  async function meet(place: Place, parties: number): Promise<void> {
    const barrier = new Barrier(parties);
    const handles = Array.from({ length: parties }, () => place(barrier));
    for (let time = 0; time < 10; time++) {
      const results = await Promise.all(handles.map((handle) => handle.wait()));
      expect(results.filter(({ isLeader }) => isLeader)).toHaveLength(1);
    }
  }

  test("lots", async () => {
    const barrier = new Barrier(100);
    for (let time = 0; time < 10; time++) {
      const waiting = await Promise.all(
        Array.from({ length: 99 }, async () => task(barrier.wait())),
      );
      for (const each of waiting) expect(each.poll()).toBe(PENDING);
      const last = task(barrier.wait());
      expect(last.poll()).toEqual(leads);
      for (const each of waiting) expect(each.isWoken).toBe(true);
      for (const each of waiting) expect(each.poll()).toEqual(follows);
    }
  });

  test("lots, in tasks of one worker", () => meet(here, 100));

  describe("shared across workers", () => {
    let runtime: Runtime;
    beforeAll(async () => {
      runtime = await Runtime.create({ workerThreads: 2 });
    });
    afterAll(() => runtime.shutdown());

    test.each([1, 2, 20])("%i parties", (parties) => runtime.run(() => meet(elsewhere, parties)));
  });
});
