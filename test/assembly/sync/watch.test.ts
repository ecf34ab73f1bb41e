import { describe, expect, test } from "vitest";
import {
  STAKE_WAITING,
  SYNC_BLOCKED,
  SYNC_CLOSED,
  SYNC_DONE,
} from "../../../assembly/shared/verdicts.ts";
import { Coordination, type Party, stakeIn, token } from "../support/stakes.ts";

/** One sends, two receives. */
function makeWatch(value = 10n, blocks = false) {
  const all = new Coordination();
  const [one, two, home] = all.parties as [Party, Party, Party];
  const sender = stakeIn(one.core.watchCreate(value, blocks, one.owner));
  const watch = all.primitiveOf(sender);
  const subscribe = (): number => stakeIn(two.core.watchSubscribe(watch, two.owner));
  const changed = (receiver: number, number = 1): number =>
    two.core.watchChanged(receiver, two.owner, token(number));
  const send = (message: number): number => one.core.watchSend(watch, BigInt(message));
  const borrow = (party: Party): bigint => {
    party.core.watchBorrow(watch);
    return party.message();
  };
  return { all, one, two, home, sender, watch, subscribe, changed, send, borrow };
}

describe("a watch", () => {
  test("tells each receiver of the latest value, once", () => {
    const { all, two, subscribe, changed, send, borrow } = makeWatch();
    const receivers = [subscribe(), subscribe()] as [number, number];
    const waits = receivers.map((receiver, at) => stakeIn(changed(receiver, at)));
    expect(send(11)).toBe(SYNC_DONE);
    expect(send(12)).toBe(SYNC_DONE);
    expect(two.turn()).toEqual([0, 1]);
    for (const wait of waits) two.core.stakeFinish(wait);
    expect(receivers.map((receiver) => changed(receiver))).toEqual([SYNC_DONE, SYNC_DONE]);
    expect(borrow(two)).toBe(12n);
    expect(all.stateOf(changed(receivers[0]))).toBe(STAKE_WAITING);
    all.endsEmpty();
  });

  test("knows what a receiver has seen, or is said to have", () => {
    const { all, two, subscribe, send } = makeWatch();
    const receiver = subscribe();
    expect(two.core.watchHasChanged(receiver)).toBe(SYNC_BLOCKED);
    two.core.watchMark(receiver, false);
    two.core.watchMark(receiver, false);
    expect(two.core.watchHasChanged(receiver)).toBe(SYNC_DONE);
    two.core.watchMark(receiver, true);
    expect(two.core.watchHasChanged(receiver)).toBe(SYNC_BLOCKED);
    send(1);
    two.core.watchBorrowAndUpdate(receiver);
    expect([two.message(), two.core.watchHasChanged(receiver)]).toEqual([1n, SYNC_BLOCKED]);
    all.endsEmpty();
  });

  test("without receivers stores nothing that is sent, and tells who waits for that", () => {
    const { all, one, two, watch, subscribe, send, borrow } = makeWatch();
    expect(send(1)).toBe(SYNC_CLOSED);
    expect(borrow(one)).toBe(10n);
    const receiver = subscribe();
    expect(send(2)).toBe(SYNC_DONE);
    stakeIn(one.core.primitiveClosed(watch, one.owner, token(8)));
    two.core.stakeDrop(receiver);
    expect(one.turn()).toEqual([8]);
    one.core.watchReplace(watch, 3n);
    expect([one.message(), borrow(one)]).toEqual([2n, 3n]);
    all.endsEmpty();
  });

  test("has receivers made of others, which have seen what those have", () => {
    const { all, two, watch, subscribe, send } = makeWatch();
    const clone = (receiver: number): number => stakeIn(two.rooms.watch.clone(receiver, two.owner));
    const receiver = subscribe();
    send(11);
    const receivers = [receiver, clone(receiver), subscribe()];
    const seen = receivers.map((each) => two.core.watchHasChanged(each));
    expect(seen).toEqual([SYNC_DONE, SYNC_DONE, SYNC_BLOCKED]);
    expect(two.rooms.watch.receivers(watch)).toBe(3);
    two.core.stakeDrop(receiver);
    expect(two.rooms.watch.receivers(watch)).toBe(2);
    all.endsEmpty();
  });

  test("frees with an end what that has kept, however it goes", () => {
    const { all, two, home, subscribe } = makeWatch(0n, true);
    const blocks = [1, 2].map(() => home.core.allocate(20) as number);
    const receivers = blocks.map((block) => {
      const receiver = subscribe();
      all.keep(receiver, block);
      return receiver;
    });
    two.core.stakeDrop(receivers[0]);
    expect(() => home.core.release(blocks[0])).toThrow(/heap\.ts/);
    home.core.workerLost(1, 0, 0, 0, 0);
    expect(() => home.core.release(blocks[1])).toThrow(/heap\.ts/);
    all.endsEmpty();
  });

  test("ends with its last sender, after what was not seen", () => {
    const { all, one, two, home, sender, watch, subscribe, changed, send } = makeWatch();
    const receiver = subscribe();
    const other = stakeIn(home.core.senderCreate(watch, home.owner));
    const wait = stakeIn(changed(receiver, 3));
    one.core.stakeDrop(sender);
    expect(two.turn()).toEqual([]);
    home.core.stakeDrop(other);
    expect(two.turn()).toEqual([3]);
    expect(all.outcomeOf(wait)).toBe(SYNC_CLOSED);
    expect(changed(receiver)).toBe(SYNC_CLOSED);
    send(5);
    expect(two.core.watchHasChanged(receiver)).toBe(SYNC_CLOSED);
    expect([changed(receiver), changed(receiver)]).toEqual([SYNC_DONE, SYNC_CLOSED]);
    all.endsEmpty();
  });

  test("replaces a value only if it is still the one that was seen", () => {
    const { all, one, two, watch } = makeWatch();
    const version = one.core.watchBorrow(watch);
    expect(one.core.watchReplaceIf(watch, version, one.message() + 1n)).toBe(SYNC_DONE);
    expect(two.core.watchReplaceIf(watch, version, 99n)).toBe(SYNC_BLOCKED);
    two.core.watchBorrow(watch);
    expect(two.message()).toBe(11n);
    all.endsEmpty();
  });

  test("shares a block with those who borrow it, and frees it after the last", () => {
    const all = makeWatch().all;
    const [one, two] = all.parties as [Party, Party];
    const blocks = [1, 2].map(() => one.core.allocate(20) as number) as [number, number];
    const sender = stakeIn(one.core.watchCreate(BigInt(blocks[0]), true, one.owner));
    const watch = all.primitiveOf(sender);
    two.core.watchBorrow(watch);
    one.core.watchReplace(watch, BigInt(blocks[1]));
    one.core.release(Number(one.message()));
    two.core.release(blocks[0]); // The borrower's share.
    expect(() => two.core.release(blocks[0])).toThrow(/heap\.ts/);
    one.core.stakeDrop(sender);
    expect(() => two.core.release(blocks[1])).toThrow(/heap\.ts/);
    all.endsEmpty();
  });
});
