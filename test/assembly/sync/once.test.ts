import { describe, expect, test } from "vitest";
import { STAKE_WAITING, SYNC_BLOCKED, SYNC_CLOSED } from "../../../assembly/shared/verdicts.ts";
import { Coordination, type Party, stakeIn, token } from "../support/stakes.ts";

function makeOnce() {
  const all = new Coordination();
  const [one, two] = all.parties as [Party, Party];
  const once = all.primitiveOf(stakeIn(one.core.semaphoreCreate(1, 0, one.owner)));
  stakeIn(two.core.primitiveOpen(once, 0, two.owner));
  const take = (party: Party, number: number): number =>
    party.core.semaphoreAcquire(once, 1, party.owner, token(number));
  return { all, one, two, once, take };
}

describe("a value that is set once", () => {
  test("ends all waits as it comes, and is freed with the last handle", () => {
    const { all, one, two, once, take } = makeOnce();
    const permit = stakeIn(take(one, 1));
    expect(two.core.semaphoreTryAcquire(once, 1, two.owner)).toBe(SYNC_BLOCKED);
    expect(two.rooms.once.get(once)).toBe(0);
    const maker = stakeIn(take(two, 2));
    stakeIn(two.core.primitiveClosed(once, two.owner, token(3)));
    const block = one.core.allocate(8) as number;
    one.rooms.once.set(permit, block);
    expect(two.turn().sort()).toEqual([2, 3]);
    expect([all.outcomeOf(maker), take(two, 4)]).toEqual([SYNC_CLOSED, SYNC_CLOSED]);
    expect(two.rooms.once.get(once)).toBe(block);
    all.endsEmpty();
    expect(() => one.core.release(block)).toThrow(/heap\.ts/);
  });

  test("is for the next one to make when its maker dies", () => {
    const { all, one, two, take } = makeOnce();
    stakeIn(take(two, 1));
    const next = stakeIn(take(one, 2));
    expect(all.stateOf(next)).toBe(STAKE_WAITING);
    one.core.workerLost(1, 0, 0, 0, 0);
    expect(one.turn()).toEqual([2]);
    expect(all.permitsOf(next)).toBe(1);
  });
});
