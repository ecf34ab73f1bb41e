import { describe, expect, test } from "vitest";
import {
  PERMITS_AVAILABLE,
  PRIMITIVE_BLOCK,
  PRIMITIVE_WAITERS,
  TASK_STAKES,
  WORKER_BUDGET,
} from "../../../assembly/shared/layout.ts";
import { PERMITS_MAX } from "../../../assembly/shared/limits.ts";
import {
  REASON_RESUME,
  STAKE_GRANTED,
  STAKE_HELD,
  STAKE_WAITING,
  SYNC_BLOCKED,
  SYNC_BUSY,
  SYNC_CLOSED,
  SYNC_DONE,
  SYNC_NO_MEMORY,
  SYNC_REFUSED,
} from "../../../assembly/shared/verdicts.ts";
import { randomFrom } from "../fixtures/instance.mjs";
import { Coordination, type Party, stakeIn, token } from "../support/stakes.ts";

function makeSemaphore(permits: number, workers = 2) {
  const all = new Coordination(workers);
  const [one, two, home] = all.parties as [Party, Party, Party];
  const handle = stakeIn(one.core.semaphoreCreate(permits, 0, one.owner));
  const semaphore = all.primitiveOf(handle);
  const acquire = (party: Party, count: number, number = 1): number =>
    party.core.semaphoreAcquire(semaphore, count, party.owner, token(number));
  const free = () => one.core.semaphoreAvailable(semaphore);
  return { all, one, two, home, handle, semaphore, acquire, free };
}

describe("a semaphore", () => {
  test("hands out what is free, and refuses what is not", () => {
    const { all, one, semaphore, acquire, free } = makeSemaphore(3);
    const permit = stakeIn(acquire(one, 2));
    expect([all.stateOf(permit), all.permitsOf(permit), free()]).toEqual([STAKE_HELD, 2, 1]);
    expect(one.core.semaphoreTryAcquire(semaphore, 2, one.owner)).toBe(SYNC_BLOCKED);
    one.core.stakeDrop(permit);
    expect(free()).toBe(3);
    expect(one.turn()).toEqual([]);
    all.endsEmpty();
  });

  test("serves in the order of arrival; nobody passes a large wait", () => {
    const { all, one, two, home, semaphore, acquire, free } = makeSemaphore(0);
    const large = acquire(one, 3, 7);
    const small = acquire(two, 1, 8);
    one.core.semaphoreAdd(semaphore, 2);
    expect([all.stateOf(large), all.stateOf(small)]).toEqual([STAKE_WAITING, STAKE_WAITING]);
    expect(free()).toBe(0);
    expect(home.core.semaphoreTryAcquire(semaphore, 1, home.owner)).toBe(SYNC_BLOCKED);
    one.core.semaphoreAdd(semaphore, 2);
    expect([all.stateOf(large), all.stateOf(small)]).toEqual([STAKE_GRANTED, STAKE_GRANTED]);
    expect([one.turn(), two.turn()]).toEqual([[7], [8]]);
    expect([all.stateOf(large), all.permitsOf(large)]).toEqual([STAKE_HELD, 3]);
    expect(all.outcomeOf(small)).toBe(SYNC_DONE);
    all.endsEmpty();
  });

  test("gives what a dropped wait stood in front of to the next", () => {
    const { all, one, two, semaphore, acquire } = makeSemaphore(2);
    const large = acquire(one, 3);
    const small = acquire(two, 2, 9);
    expect(all.stateOf(small)).toBe(STAKE_WAITING);
    one.core.stakeDrop(large);
    expect(two.turn()).toEqual([9]);
    expect(one.core.semaphoreTryAcquire(semaphore, 1, one.owner)).toBe(SYNC_BLOCKED);
    all.endsEmpty();
  });

  test("gives back what a wait was granted that is dropped before it is told", () => {
    const { all, one, two, semaphore, acquire } = makeSemaphore(0);
    const first = acquire(one, 1, 3);
    const second = acquire(two, 1, 4);
    two.core.semaphoreAdd(semaphore, 1);
    expect(all.stateOf(first)).toBe(STAKE_GRANTED);
    one.core.stakeDrop(first);
    expect([one.turn(), two.turn()]).toEqual([[], [4]]);
    expect(all.permitsOf(second)).toBe(1);
    all.endsEmpty();
  });

  test("wakes a task, once, and holds a reference to it meanwhile", () => {
    const { all, one, home, semaphore } = makeSemaphore(0);
    const task = one.core.spawnLocal(5);
    one.turn();
    const wait = one.core.semaphoreAcquire(semaphore, 1, one.owner, task);
    one.core.suspendTask(task);
    home.core.semaphoreAdd(semaphore, 1);
    expect(all.stateOf(wait)).toBe(STAKE_HELD);
    expect(one.turn()).toEqual([5]);
    expect(REASON_RESUME).toBe(1);
    const gone = one.core.semaphoreAcquire(semaphore, 1, one.owner, task);
    one.core.completeLocal(task);
    // The slot is not used again while a wait may still wake who stands there.
    expect(one.core.spawnLocal(6)).not.toBe(task);
    one.core.stakeDrop(gone);
    expect(one.core.spawnLocal(7)).toBe(task);
    all.endsEmpty();
  });

  test("calls whom a wait was made to call last, and nobody once it is over", () => {
    const { all, one, two, semaphore, acquire } = makeSemaphore(0);
    const wait = acquire(one, 1, 3);
    expect(one.core.stakeRetarget(wait, token(4))).toBe(1);
    const other = acquire(one, 1, 5);
    two.core.semaphoreAdd(semaphore, 2);
    expect(one.core.stakeRetarget(other, token(6))).toBe(0);
    expect(one.turn()).toEqual([4]);
    expect([all.outcomeOf(other), all.permitsOf(other)]).toEqual([SYNC_DONE, 1]);
    all.endsEmpty();
  });

  test("that is closed fails those who wait and come later; permits that are out stay good", () => {
    const { all, one, two, semaphore, acquire, free } = makeSemaphore(1);
    const permit = acquire(one, 1);
    const waits = [acquire(two, 1, 1), acquire(one, 2, 2), acquire(two, 1, 3)];
    one.core.semaphoreClose(semaphore);
    expect([two.turn(), one.turn()]).toEqual([[1, 3], [2]]);
    expect(waits.map(all.outcomeOf)).toEqual([SYNC_CLOSED, SYNC_CLOSED, SYNC_CLOSED]);
    expect(acquire(one, 0)).toBe(SYNC_CLOSED);
    one.core.stakeDrop(permit);
    expect(free()).toBe(1);
    expect(one.core.semaphoreAdd(semaphore, 1)).toBe(1);
    expect(free()).toBe(2);
    all.endsEmpty();
  });

  test("forgets, adds, and never has more than the maximum", () => {
    const { all, one, semaphore, acquire, free } = makeSemaphore(PERMITS_MAX);
    expect(one.core.semaphoreAdd(semaphore, 1)).toBe(0);
    expect(one.core.semaphoreForget(semaphore, 5)).toBe(5);
    expect(one.core.semaphoreAdd(semaphore, 6)).toBe(0);
    expect(one.core.semaphoreAdd(semaphore, 5)).toBe(1);
    one.core.stakeFinish(acquire(one, 10));
    expect(free()).toBe(PERMITS_MAX - 10);
    expect(one.core.semaphoreForget(semaphore, PERMITS_MAX)).toBe(PERMITS_MAX - 10);
    expect(acquire(one, 0)).toBeGreaterThan(SYNC_REFUSED);
    expect(one.core.semaphoreCreate(PERMITS_MAX + 1, 0, one.owner)).toBe(SYNC_REFUSED);
    all.endsEmpty();
  });

  test("splits and joins what a stake has, and takes a part of it back", () => {
    const { all, one, two, acquire, free } = makeSemaphore(10);
    const permit = acquire(one, 8);
    const part = stakeIn(one.core.semaphoreSplit(permit, 3));
    expect([permit, part].map(all.permitsOf)).toEqual([5, 3]);
    one.core.semaphorePass(part, permit, 1);
    expect([permit, part].map(all.permitsOf)).toEqual([6, 2]);
    const wait = acquire(two, 5, 2);
    one.core.semaphoreRelease(permit, 3); // As a writer does who goes on as a reader.
    expect(two.turn()).toEqual([2]);
    expect(() => one.core.semaphoreRelease(permit, 4)).toThrow(/semaphore\.ts/);
    for (const stake of [permit, part, wait]) one.core.stakeDrop(stake);
    expect(free()).toBe(10);
    all.endsEmpty();
  });

  test("takes a unit of the budget, and does nothing without one", () => {
    const { all, one, acquire, free } = makeSemaphore(5);
    all.world.write(all.world.worker(0) + WORKER_BUDGET, 1);
    stakeIn(acquire(one, 1));
    expect(acquire(one, 1)).toBe(SYNC_BUSY);
    expect(free()).toBe(4);
    all.endsEmpty();
  });

  test("guards a zeroed block that is freed with it", () => {
    const { all, one } = makeSemaphore(1);
    const handle = stakeIn(one.core.semaphoreCreate(1, 100, one.owner));
    const block = all.world.read(all.primitiveOf(handle) + PRIMITIVE_BLOCK);
    expect(all.world.u32.subarray(block >> 2, (block >> 2) + 25).every((at) => at === 0)).toBe(
      true,
    );
    one.core.stakeDrop(handle);
    expect(one.core.allocate(100)).toBe(block);
    all.endsEmpty();
  });
});

describe("an id", () => {
  test("opens what is there, and nothing that came after", () => {
    const { all, one, two, handle, semaphore } = makeSemaphore(1);
    const generation = all.generationOf(semaphore);
    const other = stakeIn(two.core.primitiveOpen(semaphore, generation, two.owner));
    one.core.stakeDrop(handle);
    expect(all.live()).toEqual([1, 1]); // It is kept there by the other's.
    two.core.stakeDrop(other);
    expect(one.core.primitiveOpen(semaphore, generation, one.owner)).toBe(SYNC_REFUSED);
    const next = stakeIn(two.core.semaphoreCreate(1, 0, two.owner));
    expect(all.primitiveOf(next)).toBe(semaphore);
    expect(one.core.primitiveOpen(semaphore, generation, one.owner)).toBe(SYNC_REFUSED);
    all.endsEmpty();
  });
});

describe("memory that is full", () => {
  test("is a verdict, and whoever waits goes on to wait", () => {
    const all = new Coordination(1, { pages: 64 });
    const [one] = all.parties as [Party];
    const semaphore = all.primitiveOf(one.core.semaphoreCreate(3, 0, one.owner));
    one.core.primitiveOpen(semaphore, 0, one.owner); // There is a batch of stakes now.
    while (one.core.allocate(40) !== 0);
    const stakes: number[] = [];
    for (;;) {
      const stake = one.core.semaphoreAcquire(semaphore, 1, one.owner, token(stakes.length));
      if (stake === SYNC_NO_MEMORY) break;
      all.world.write(all.world.worker(0) + WORKER_BUDGET, 100);
      stakes.push(stake);
    }
    // Each one's slot has room for its first stake.
    while (one.core.semaphoreCreate(1, 0, one.owner) !== SYNC_NO_MEMORY);
    one.core.stakeDrop(stakes[0] as number);
    expect(one.turn()).toEqual([3]);
    all.endsEmpty();
  });
});

describe("a worker that dies", () => {
  test("gives back its permits, leaves the lines, and lets go of what it kept there", () => {
    const { all, one, two, home, semaphore, acquire } = makeSemaphore(2);
    stakeIn(acquire(one, 1));
    const ours = stakeIn(two.core.primitiveOpen(semaphore, 0, two.owner));
    acquire(one, 2, 1);
    const wait = acquire(two, 2, 6);
    expect(all.stateOf(wait)).toBe(STAKE_WAITING);
    home.core.workerLost(0, 0, 0, 0, 0);
    expect(two.turn()).toEqual([6]);
    expect(all.live()).toEqual([2, 1]);
    for (const stake of [ours, wait]) two.core.stakeDrop(stake);
    all.endsEmpty();
  });

  test("has been granted something, and was told or not", () => {
    const { all, one, two, home, semaphore, acquire, free } = makeSemaphore(0);
    stakeIn(two.core.primitiveOpen(semaphore, 0, two.owner));
    for (const number of [1, 2]) acquire(one, 1, number);
    two.core.semaphoreAdd(semaphore, 1);
    home.core.workerLost(0, 0, 0, 0, 0);
    expect(free()).toBe(1);
    expect(all.attach(0).turn()).toEqual([]);
    expect(all.live()).toEqual([1, 1]);
    all.endsEmpty();
  });

  test("leaves its lock, what it had not told, and what it had only counted to its burial", () => {
    const { all, one, two, home, semaphore, acquire } = makeSemaphore(0);
    const handle = stakeIn(two.core.primitiveOpen(semaphore, 0, two.owner));
    const waits = [acquire(two, 1, 1), acquire(two, 1, 2)];
    // It dies in its section, with one wait ended and another that is over.
    one.rooms.primitive.enter(semaphore);
    all.world.write(semaphore + PERMITS_AVAILABLE, 2);
    one.rooms.stake.grantLocked(semaphore + PRIMITIVE_WAITERS, waits[0], SYNC_DONE);
    all.world.write(semaphore + PERMITS_AVAILABLE, 1);
    home.core.workerLost(0, 0, 0, 0, 0);
    expect(two.turn().sort()).toEqual([1, 2]);
    for (const stake of [...waits, handle]) two.core.stakeDrop(stake);
    all.endsEmpty();
  });
});

test("a task that owns its stakes is woken by any thread, and gives all up at its end", () => {
  const { all, one, two, semaphore, acquire, free } = makeSemaphore(1);
  const task = one.core.spawnLocal(5);
  one.turn();
  const owner = task + TASK_STAKES;
  stakeIn(one.core.primitiveOpen(semaphore, 0, owner));
  const permit = stakeIn(one.core.semaphoreTryAcquire(semaphore, 1, owner));
  const other = stakeIn(acquire(two, 1, 8));
  const wait = stakeIn(one.core.semaphoreAcquire(semaphore, 1, owner, task));
  one.core.suspendTask(task);
  // Handed to the worker, the permit is no more the task's to give up.
  one.core.stakeMove(permit, one.owner);
  one.core.stakeDrop(permit);
  expect(two.turn()).toEqual([8]);
  two.core.stakeDrop(other);
  expect([all.stateOf(wait), one.turn()]).toEqual([STAKE_HELD, [5]]);
  expect(free()).toBe(0);
  one.core.stakeDropAll(owner);
  expect(free()).toBe(1);
  one.core.completeLocal(task);
  all.endsEmpty();
});

test("a worker that ends well gives up what it has, and its successor hears of nothing", () => {
  const { all, one, two, semaphore, acquire } = makeSemaphore(1);
  stakeIn(two.core.primitiveOpen(semaphore, 0, two.owner));
  for (const number of [1, 2]) stakeIn(acquire(one, 1, number));
  stakeIn(acquire(two, 1, 3));
  one.core.detach();
  expect(two.turn()).toEqual([3]);
  expect(all.attach(0).turn()).toEqual([]);
  expect(all.live()).toEqual([2, 1]);
  all.endsEmpty();
});

test("permits are conserved, whatever is acquired, dropped, added and forgotten", () => {
  const seed = Date.now() & 0xfff_ffff;
  console.log(`seed ${seed}`);
  const below = randomFrom(seed);
  const { all, one, home, semaphore, free } = makeSemaphore(8, 3);
  const parties = all.parties as Party[];
  for (const party of parties.slice(1)) party.core.primitiveOpen(semaphore, 0, party.owner);
  let total = 8;
  const stakes: { party: Party; stake: number; count: number }[] = [];
  for (let step = 0; step < 20_000; step++) {
    const party = parties[below(parties.length)] as Party;
    for (const index of parties.keys()) all.world.write(all.world.worker(index) + WORKER_BUDGET, 9);
    const action = below(10);
    if (action < 4 && stakes.length < 30) {
      const count = below(5);
      const target = token(below(99));
      const stake = party.core.semaphoreAcquire(semaphore, count, party.owner, target);
      stakes.push({ party, stake: stakeIn(stake), count });
    } else if (action < 8 && stakes.length > 0) {
      const [gone] = stakes.splice(below(stakes.length), 1) as [(typeof stakes)[0]];
      gone.party.core.stakeDrop(gone.stake);
    } else if (action === 8) {
      const change = below(3);
      if (total + change < 12 && one.core.semaphoreAdd(semaphore, change)) total += change;
      total -= home.core.semaphoreForget(semaphore, below(3));
    } else party.turn();
    const held = stakes.filter(({ stake }) => all.stateOf(stake) !== STAKE_WAITING);
    const out = held.reduce((sum, { stake }) => sum + all.permitsOf(stake), 0);
    const isIdle = held.length === stakes.length;
    const inPool = all.world.read(semaphore + PERMITS_AVAILABLE);
    if (out + inPool !== total) throw new Error(`seed ${seed}, step ${step}: permits lost`);
    if (isIdle && free() !== inPool) throw new Error(`seed ${seed}, step ${step}: not free`);
    // The first in line waits only for what is not there.
    const first = stakes.find(
      ({ stake }) => stake === all.world.read(semaphore + PRIMITIVE_WAITERS),
    );
    if (first !== undefined && first.count <= inPool) throw new Error(`seed ${seed}: forgotten`);
  }
  all.endsEmpty();
});
