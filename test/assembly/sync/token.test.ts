import { describe, expect, test } from "vitest";
import { STAKE_WAITING, SYNC_DONE } from "../../../assembly/shared/verdicts.ts";
import { Coordination, type Party, stakeIn, token } from "../support/stakes.ts";

function makeTokens() {
  const all = new Coordination();
  const [one, two] = all.parties as [Party, Party];
  const create = (above = 0, party = one): number =>
    all.primitiveOf(stakeIn(party.core.tokenCreate(above, party.owner)));
  const wait = (party: Party, number: number, of: number): number =>
    party.core.tokenCancelled(of, party.owner, token(number));
  const root = create();
  return { all, one, two, root, create, wait };
}

describe("a token", () => {
  test("ends the waits for it and for those below, on whatever thread, and no others", () => {
    const { all, one, two, root, create, wait } = makeTokens();
    const [left, right] = [create(root), create(root, two)];
    const below = create(left, two);
    for (const [number, of] of [root, right, left, below, left].entries()) {
      wait(number % 2 ? one : two, number, of);
    }
    two.core.tokenCancel(left);
    expect([one.turn(), two.turn()]).toEqual([[3], [2, 4]]);
    expect([root, left, right, below].map((of) => Boolean(one.core.tokenIsCancelled(of)))).toEqual([
      false,
      true,
      false,
      true,
    ]);
    expect(wait(one, 5, below)).toBe(SYNC_DONE);
    one.core.tokenCancel(root);
    expect([one.turn(), two.turn()]).toEqual([[1], [0]]);
    all.endsEmpty();
  });

  test("stays as long as one below it, and goes with the last", () => {
    const { all, one, two, root } = makeTokens();
    let lowest = root;
    for (let depth = 0; depth < 1000; depth++) {
      const stake = stakeIn(two.core.tokenCreate(lowest, two.owner));
      lowest = all.primitiveOf(stake);
    }
    one.core.tokenCancel(root);
    one.core.stakeDropAll(one.owner);
    expect(Boolean(two.core.tokenIsCancelled(lowest))).toBe(true);
    expect(all.live()).toEqual([1000, 1001]);
    all.endsEmpty();
  });

  test("forgets a wait that is given up", () => {
    const { all, one, two, root, create, wait } = makeTokens();
    const child = create(root);
    const [first, second] = [wait(one, 1, child), wait(two, 2, child)];
    one.core.stakeDrop(first);
    expect(all.stateOf(second)).toBe(STAKE_WAITING);
    one.core.tokenCancel(child);
    one.core.tokenCancel(child);
    expect([one.turn(), two.turn()]).toEqual([[], [2]]);
    all.endsEmpty();
  });
});
