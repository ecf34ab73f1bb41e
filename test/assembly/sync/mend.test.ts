/** What a thread leaves behind that is stopped in the middle of a section. */
import { expect, test } from "vitest";
import {
  PERMITS_AVAILABLE,
  PRIMITIVE_LOCK,
  PRIMITIVE_VERSION,
  PRIMITIVE_WAITERS,
  STAKE_PERMITS,
  STAKE_WANTED,
  WORKER_SECTION,
} from "../../../assembly/shared/layout.ts";
import { PARK_REACTOR, STAKE_GRANTED } from "../../../assembly/shared/verdicts.ts";
import { Coordination, type Party, stakeIn, token } from "../support/stakes.ts";

function makeSemaphore(permits: number) {
  const all = new Coordination(2);
  const [one, two, home] = all.parties as [Party, Party, Party];
  const handle = stakeIn(one.core.semaphoreCreate(permits, 0, one.owner));
  return { all, one, two, home, handle, semaphore: all.primitiveOf(handle) };
}

test("a thread that ran out of stack in a section leaves its lock, and goes on", () => {
  const { all, one, two, semaphore } = makeSemaphore(1);
  one.rooms.primitive.enter(semaphore);
  one.rooms.burial.mend();
  const section = all.world.read(all.world.worker(0) + WORKER_SECTION);
  expect([all.world.read(semaphore + PRIMITIVE_LOCK), section]).toEqual([0, 0]);
  two.core.primitiveOpen(semaphore, 0, two.owner);
  stakeIn(two.core.semaphoreTryAcquire(semaphore, 1, two.owner));
});

test("a thread that died as it opened an old id leaves the free slot as it is", () => {
  const { all, one, home } = makeSemaphore(5);
  const handles = [1, 2].map(() => stakeIn(one.core.semaphoreCreate(5, 0, one.owner)));
  const [older, newer] = handles.map((handle) => all.primitiveOf(handle)) as [number, number];
  for (const handle of handles) one.core.stakeDrop(handle);
  const slots = () => [older, newer].map((slot) => all.world.read(slot + PRIMITIVE_WAITERS));
  const before = slots();
  all.world.write(all.world.worker(1) + WORKER_SECTION, newer);
  home.rooms.drop.bury(all.world.worker(1), 1);
  expect(slots()).toEqual(before);
});

test("permits that were given to a wait are not given again if its end was not said", () => {
  const { all, one, two, home, semaphore } = makeSemaphore(0);
  two.core.primitiveOpen(semaphore, 0, two.owner);
  const wait = stakeIn(two.core.semaphoreAcquire(semaphore, 2, two.owner, token(7)));
  // Worker 0 had three permits come, gave two of them to the wait, and died.
  one.rooms.primitive.enter(semaphore);
  all.world.write(semaphore + PERMITS_AVAILABLE, 1);
  all.world.write(wait + STAKE_PERMITS, 2);
  all.world.write(wait + STAKE_WANTED, 0);
  home.rooms.drop.bury(all.world.worker(0), 0);
  expect([all.stateOf(wait), all.permitsOf(wait)]).toEqual([STAKE_GRANTED, 2]);
  expect(all.world.read(semaphore + PERMITS_AVAILABLE)).toBe(1);
});

test("a primitive outlives the burial that settles it, whoever gives it up meanwhile", () => {
  const stakes: number[] = [];
  const generations: number[] = [];
  // As it is told of the first wait, worker 1 gives up all that anybody has of it.
  const wakeReactor = () => {
    for (const stake of stakes.splice(0)) two.core.stakeDrop(stake);
    generations.push(all.generationOf(notify));
  };
  const all = new Coordination(2, { wakeReactor });
  const [one, two, home] = all.parties as [Party, Party, Party];
  stakes.push(stakeIn(two.core.notifyCreate(0, two.owner)));
  const notify = all.primitiveOf(stakes[0] as number);
  const version = two.core.notifyVersion(notify);
  for (const number of [7, 8]) {
    stakes.push(stakeIn(two.core.notifyWait(notify, version, two.owner, token(number))));
  }
  generations.push(all.generationOf(notify));
  two.turn();
  expect(two.core.parkBegin(PARK_REACTOR, 0)).toBe(1);
  // Worker 0 had told all, and given up its own stake; it died before it told anybody.
  one.rooms.primitive.enter(notify);
  all.world.write(notify + PRIMITIVE_VERSION, version + 1);
  home.rooms.drop.bury(all.world.worker(0), 0);
  generations.push(all.generationOf(notify));
  expect(generations).toEqual([0, 0, 1]);
  expect(all.world.read(notify + PRIMITIVE_LOCK)).toBe(0);
  all.endsEmpty();
});
