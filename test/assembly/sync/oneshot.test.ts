import { expect, test } from "vitest";
import { STAKE_WAITING, SYNC_CLOSED, SYNC_DONE } from "../../../assembly/shared/verdicts.ts";
import { Coordination, type Party, stakeIn, token } from "../support/stakes.ts";

/** One receives, two sends. */
function makeOneshot(blocks = false) {
  const all = new Coordination();
  const [one, two, home] = all.parties as [Party, Party, Party];
  const receiver = stakeIn(one.core.oneshotCreate(blocks, one.owner));
  const oneshot = all.primitiveOf(receiver);
  const sender = stakeIn(two.core.senderCreate(oneshot, two.owner));
  const receive = (): number => one.core.channelReceive(oneshot, one.owner, token(1));
  return { all, one, two, home, receiver, oneshot, sender, receive };
}

test("a oneshot brings its one message, and ends", () => {
  const { all, one, two, sender, receive } = makeOneshot();
  const wait = stakeIn(receive());
  expect(all.stateOf(wait)).toBe(STAKE_WAITING);
  expect(two.core.oneshotSend(sender, 7n)).toBe(SYNC_DONE);
  expect(one.turn()).toEqual([1]);
  one.core.stakeFinish(wait);
  expect([receive(), one.message()]).toEqual([SYNC_DONE, 7n]);
  expect(receive()).toBe(SYNC_CLOSED);
  all.endsEmpty();
});

test("a oneshot whose sender has gone says so", () => {
  const { all, one, two, sender, receive } = makeOneshot();
  const wait = stakeIn(receive());
  two.core.stakeDrop(sender);
  expect(one.turn()).toEqual([1]);
  expect(all.outcomeOf(wait)).toBe(SYNC_CLOSED);
  all.endsEmpty();
});

test("a oneshot that is closed keeps what was sent, and refuses what was not", () => {
  const sent = makeOneshot();
  sent.two.core.oneshotSend(sent.sender, 3n);
  sent.one.core.channelClose(sent.oneshot);
  expect([sent.receive(), sent.one.message()]).toEqual([SYNC_DONE, 3n]);
  sent.all.endsEmpty();
  const { all, one, two, oneshot, sender, receive } = makeOneshot();
  const wait = stakeIn(two.core.primitiveClosed(oneshot, two.owner, token(4)));
  one.core.channelClose(oneshot);
  expect(two.turn()).toEqual([4]);
  two.core.stakeFinish(wait);
  expect(two.core.oneshotSend(sender, 3n)).toBe(SYNC_CLOSED);
  expect(receive()).toBe(SYNC_CLOSED);
  all.endsEmpty();
});

test("a oneshot whose receiver dies frees the block in it", () => {
  const { all, two, home, sender } = makeOneshot(true);
  const block = two.core.allocate(10) as number;
  two.core.oneshotSend(sender, BigInt(block));
  home.core.workerLost(0, 0, 0, 0, 0);
  expect(() => two.core.release(block)).toThrow(/heap\.ts/);
  expect(all.live()).toEqual([0, 0]);
});
