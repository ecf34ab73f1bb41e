import { describe, expect, test } from "vitest";
import { PRIMITIVE_VERSION } from "../../../assembly/shared/layout.ts";
import {
  STAKE_GRANTED,
  STAKE_HELD,
  STAKE_WAITING,
  SYNC_DONE,
  SYNC_LEADER,
} from "../../../assembly/shared/verdicts.ts";
import { Coordination, type Party, stakeIn, token } from "../support/stakes.ts";

function makeNotify(parties = 0) {
  const all = new Coordination();
  const [one, two] = all.parties as [Party, Party];
  const notify = all.primitiveOf(stakeIn(one.core.notifyCreate(parties, one.owner)));
  stakeIn(two.core.primitiveOpen(notify, 0, two.owner));
  const version = () => one.core.notifyVersion(notify);
  const wait = (party: Party, number: number, noted = version()): number =>
    party.core.notifyWait(notify, noted, party.owner, token(number));
  const arrive = (party: Party, number: number): number =>
    party.core.barrierArrive(notify, party.owner, token(number));
  return { all, one, two, notify, version, wait, arrive };
}

describe("notify", () => {
  test("stores one call that nobody waits for, and no more", () => {
    const { all, one, notify, wait } = makeNotify();
    one.core.notifyOne(notify);
    one.core.notifyLast(notify);
    expect(wait(one, 1)).toBe(SYNC_DONE);
    expect(all.stateOf(wait(one, 2))).toBe(STAKE_WAITING);
    all.endsEmpty();
  });

  test("keeps a place in line, which takes a stored call, and passes on what it was told", () => {
    const { all, one, two, notify, wait } = makeNotify();
    const enable = (party: Party, number: number): number =>
      stakeIn(party.rooms.notify.enable(notify, party.owner, token(number)));
    one.core.notifyOne(notify);
    const told = enable(one, 1);
    const place = enable(two, 2);
    expect([told, place].map(all.stateOf)).toEqual([STAKE_HELD, STAKE_WAITING]);
    one.core.stakeDrop(told);
    expect(two.turn()).toEqual([2]);
    two.core.stakeDrop(place);
    expect(wait(one, 3)).toBe(SYNC_DONE);
    expect(all.stateOf(enable(one, 4))).toBe(STAKE_WAITING);
    two.core.notifyAll(notify);
    expect(one.turn()).toEqual([4]);
    all.endsEmpty();
  });

  test("one ends the oldest wait, last the newest", () => {
    const { all, one, two, notify, wait } = makeNotify();
    for (const number of [1, 2, 3, 4]) wait(number % 2 ? one : two, number);
    two.core.notifyOne(notify);
    two.core.notifyLast(notify);
    expect([one.turn(), two.turn()]).toEqual([[1], [4]]);
    all.endsEmpty();
  });

  test("all ends every wait that was meant before, also one that is registered later", () => {
    const { all, one, two, notify, version, wait } = makeNotify();
    wait(one, 1);
    wait(two, 2);
    const noted = version();
    one.core.notifyAll(notify);
    expect([one.turn(), two.turn()]).toEqual([[1], [2]]);
    one.core.notifyOne(notify);
    expect(wait(one, 3, noted)).toBe(SYNC_DONE);
    expect(wait(one, 4)).toBe(SYNC_DONE); // That did not take what was stored.
    expect(all.stateOf(wait(one, 5))).toBe(STAKE_WAITING);
    all.endsEmpty();
  });

  test.each([
    { how: "notifyOne", heir: 2 },
    { how: "notifyLast", heir: 3 },
  ])("what $how had told and is given up goes on to the next", ({ how, heir }) => {
    const { all, one, notify, wait } = makeNotify();
    const waits = [1, 2, 3, 4].map((number) => wait(one, number));
    one.core[how](notify);
    const told = waits.find((stake) => all.stateOf(stake) === STAKE_GRANTED) as number;
    one.core.stakeDrop(told);
    expect(one.turn()).toEqual([heir]);
    all.endsEmpty();
  });

  test("what is taken, or was told to all, is not passed on", () => {
    const { all, one, two, notify, wait } = makeNotify();
    const first = wait(one, 1);
    const second = wait(one, 2);
    two.core.notifyOne(notify);
    expect(one.turn()).toEqual([1]);
    one.core.stakeFinish(first);
    expect(all.stateOf(second)).toBe(STAKE_WAITING);
    one.core.notifyAll(notify);
    wait(two, 3);
    one.core.stakeDrop(second);
    expect([one.turn(), two.turn()]).toEqual([[], []]);
    all.endsEmpty();
  });

  test("what is passed on without anybody there is stored", () => {
    const { all, one, notify, wait } = makeNotify();
    const stake = wait(one, 1);
    one.core.notifyOne(notify);
    one.core.stakeDrop(stake);
    expect(wait(one, 2)).toBe(SYNC_DONE);
    all.endsEmpty();
  });

  test("survives a caller that died between its waits", () => {
    const { all, one, two, notify, wait } = makeNotify();
    for (const number of [1, 2, 3]) wait(two, number);
    // All are told, and the first of them only, as the thread ends.
    one.rooms.primitive.enter(notify);
    all.world.write(notify + PRIMITIVE_VERSION, 1);
    all.parties[2]?.core.workerLost(0, 0, 0, 0, 0);
    expect(two.turn()).toEqual([1, 2, 3]);
    all.endsEmpty();
  });

  test.each(["notifyOne", "notifyLast"])("%s comes after a call to all", (how) => {
    const { all, one, two, notify, wait } = makeNotify();
    for (const number of [1, 2, 3]) wait(two, number);
    // All are told, and none of them yet, as others come.
    all.world.write(notify + PRIMITIVE_VERSION, 1);
    for (const number of [4, 5]) wait(two, number);
    one.core[how](notify);
    expect(two.turn()).toEqual([1, 2, 3, how === "notifyOne" ? 4 : 5]);
    all.endsEmpty();
  });
});

describe("a barrier", () => {
  test("lets all go when the last has come, who leads, and begins again", () => {
    const { all, one, two, arrive } = makeNotify(3);
    for (let round = 0; round < 10; round++) {
      const waits = [stakeIn(arrive(one, 1)), stakeIn(arrive(two, 2))];
      expect(waits.map(all.stateOf)).toEqual([STAKE_WAITING, STAKE_WAITING]);
      expect(arrive(one, 3)).toBe(SYNC_LEADER);
      expect([one.turn(), two.turn()]).toEqual([[1], [2]]);
      one.core.stakeFinish(waits[0]);
      two.core.stakeFinish(waits[1]);
    }
    all.endsEmpty();
  });

  test.each([0, 1])("of %i lets everybody through, who leads", (parties) => {
    const { all, one, arrive } = makeNotify(parties);
    expect([arrive(one, 1), arrive(one, 2)]).toEqual([SYNC_LEADER, SYNC_LEADER]);
    all.endsEmpty();
  });

  test("counts who came and gave up", () => {
    const { all, one, two, arrive } = makeNotify(2);
    one.core.stakeDrop(arrive(one, 1));
    expect(arrive(two, 2)).toBe(SYNC_LEADER);
    all.endsEmpty();
  });
});
