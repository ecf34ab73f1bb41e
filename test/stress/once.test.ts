/** Barriers, and values that are made once, among tasks of four workers that come and go. */
import { Barrier, codec, OnceCell, Semaphore, SetOnce, spawn } from "tokiwa";
import { expect } from "vitest";
import { getOrInit, setAndWait, walk } from "./fixtures/once-tasks.mjs";
import { storiesOf } from "./support/stories.ts";

const TIMES = 50;

const story = storiesOf(20);

story("a barrier lets all through together, and one of them leads", async ({ below }) => {
  const parties = 2 + below(6);
  const barrier = new Barrier(parties);
  const arrived = new Semaphore(0);
  const walkers = Array.from({ length: parties }, () =>
    spawn(walk, barrier, arrived, parties, TIMES, below(2 ** 31)),
  );
  const led = await Promise.all(walkers);
  expect(led.reduce((sum, each) => sum + each, 0)).toBe(TIMES);
  for (const handle of [barrier, arrived]) handle[Symbol.dispose]();
});

story("a cell has one value, although those who make it fail or are aborted", async ({ below }) => {
  const cell = new OnceCell<number>(codec.u32);
  const making = new Semaphore(1);
  const tasks = Array.from({ length: 2 + below(10) }, (_, value) =>
    spawn(getOrInit, cell, making, value, below(2 ** 31)),
  );
  const ends = Promise.allSettled(tasks);
  for (const task of tasks.filter(() => below(3) === 0)) {
    await new Promise((resolve) => setTimeout(resolve, below(3)));
    task.abort();
  }
  const seen = new Set<unknown>();
  for (const end of await ends) {
    if (end.status === "rejected") expect(end.reason).toMatchObject({ kind: "cancelled" });
    else if (end.value >= 0) seen.add(end.value);
  }
  // Who comes last finds the value, or that nobody has made it, or is about to.
  seen.add(await cell.getOrInit(() => (seen.size === 0 ? 99 : -1)));
  expect(seen.size).toBe(1);
  expect(making.availablePermits).toBe(1);
  for (const handle of [cell, making]) handle[Symbol.dispose]();
});

story("what is set once has the first value, for all who wait", async ({ below }) => {
  const cell = new SetOnce<number>(codec.u32);
  const tasks = Array.from({ length: 2 + below(10) }, (_, value) =>
    spawn(setAndWait, cell, value, below(2 ** 31)),
  );
  const doomed = tasks.filter(() => below(4) === 0);
  const ends = Promise.allSettled(tasks);
  for (const task of doomed) task.abort();
  const isMine = cell.set(99);
  const value = await cell.wait();
  let firsts = isMine ? 1 : 0;
  for (const [index, end] of (await ends).entries()) {
    if (end.status === "rejected") expect(end.reason).toMatchObject({ kind: "cancelled" });
    else {
      expect(end.value.seen).toBe(value);
      if (end.value.wasFirst) firsts += 1;
      if (end.value.wasFirst) expect(index).toBe(value);
    }
  }
  // Unless nobody has heard of it: who was first may have been aborted behind that.
  if (!doomed.includes(tasks[value] as (typeof tasks)[number])) expect(firsts).toBe(1);
  expect(firsts).toBeLessThanOrEqual(1);
  cell[Symbol.dispose]();
});
