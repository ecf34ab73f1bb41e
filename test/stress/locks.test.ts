/** Locks among tasks of four workers that give their waits up, or are aborted, at any moment. */
import { codec, Mutex, RwLock, Semaphore, spawn, watch } from "tokiwa";
import { expect } from "vitest";
import { raise, readAndWrite, takePermits } from "./fixtures/lock-tasks.mjs";
import { type Draw, storiesOf } from "./support/stories.ts";

const TIMES = 100;

const story = storiesOf(20);

/** What tasks are to be told by their handles. */
interface Started {
  abort(): void;
  then: PromiseLike<unknown>["then"];
}

/** Starts some tasks and aborts some of them; what the others have come to. */
async function inCrowd(below: Draw["below"], start: (seed: number) => Started) {
  const tasks = Array.from({ length: 2 + below(10) }, () => start(below(2 ** 31)));
  const doomed = tasks.filter(() => below(4) === 0);
  const ends = Promise.allSettled(tasks);
  for (const task of doomed) {
    await new Promise((resolve) => setTimeout(resolve, below(4)));
    task.abort();
  }
  const results: number[] = [];
  for (const end of await ends) {
    if (end.status === "fulfilled") results.push(Number(end.value));
    else expect(end.reason).toMatchObject({ kind: "cancelled" });
  }
  expect(results.length).toBeGreaterThanOrEqual(tasks.length - doomed.length);
  return { sum: results.reduce((sum, each) => sum + each, 0), lost: tasks.length - results.length };
}

/** Between what was told to have been done, and what those who are lost may have done besides. */
function expectCount(found: number, { sum, lost }: { sum: number; lost: number }): void {
  expect(found).toBeGreaterThanOrEqual(sum);
  expect(found).toBeLessThanOrEqual(sum + lost * TIMES);
}

story("a mutex lets one in at a time", async ({ below }) => {
  const mutex = new Mutex(0, codec.u32);
  const done = await inCrowd(below, (seed) => spawn(raise, mutex, TIMES, seed));
  const guard = mutex.tryLock();
  expectCount(guard?.value ?? -1, done);
  guard?.[Symbol.dispose]();
  mutex[Symbol.dispose]();
});

story("a lock lets readers in, or a writer", async ({ below }) => {
  const pair = codec.struct({ first: codec.u32, second: codec.u32 });
  const maxReaders = 1 + below(5);
  const lock = new RwLock({ first: 0, second: 0 }, { codec: pair, maxReaders });
  const done = await inCrowd(below, (seed) => spawn(readAndWrite, lock, TIMES, seed));
  const guard = lock.tryWrite();
  expectCount(guard?.value.first ?? -1, done);
  expect(guard?.value.second).toBe(guard?.value.first);
  guard?.[Symbol.dispose]();
  lock[Symbol.dispose]();
});

story("a semaphore conserves its permits", async ({ below }) => {
  const most = 1 + below(6);
  const semaphore = new Semaphore(most);
  const inside = watch.channel(0, codec.u32);
  await inCrowd(below, (seed) =>
    spawn(takePermits, semaphore, inside.sender.clone(), most, TIMES, seed),
  );
  expect(semaphore.availablePermits).toBe(most);
  expect(inside.receiver.borrow()).toBe(0);
  for (const each of [semaphore, inside.sender, inside.receiver]) each[Symbol.dispose]();
});
