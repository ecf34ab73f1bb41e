import { describe, expect, test } from "vitest";
import { STAKE_SIZE, WORKER_BUDGET } from "../../../assembly/shared/layout.ts";
import {
  STAKE_WAITING,
  SYNC_BLOCKED,
  SYNC_BUSY,
  SYNC_CLOSED,
  SYNC_DONE,
  SYNC_REFUSED,
} from "../../../assembly/shared/verdicts.ts";
import { Coordination, type Party, stakeIn, token } from "../support/stakes.ts";

/** Both ends belong to the same. */
function makePair(blocks = false) {
  const all = new Coordination(1);
  const [one, home] = all.parties as [Party, Party];
  all.world.write(all.world.worker(0) + WORKER_BUDGET, 100);
  const receiver = stakeIn(one.rooms.pair.create(blocks, one.owner));
  const sender = receiver + STAKE_SIZE;
  const address = all.primitiveOf(receiver);
  const send = (message: bigint): void => one.rooms.pair.send(sender, message);
  return { all, one, home, pair: one.rooms.pair, receiver, sender, address, send };
}

/** A pair with a block in it, as far as `stage` says. */
function makeAt(stage: "empty" | "sent" | "received") {
  const made = makePair(true);
  const block = made.one.core.allocate(10) as number;
  if (stage !== "empty") made.send(BigInt(block));
  if (stage === "received") made.pair.receive(made.receiver);
  return { ...made, block };
}

describe("a pair", () => {
  test("brings its message, and leaves nothing", () => {
    const { all, one, pair, receiver, send } = makePair();
    expect(pair.hasMessage(receiver)).toBe(0);
    send(7n);
    expect(pair.hasMessage(receiver)).toBe(1);
    expect(pair.receive(receiver)).toBe(SYNC_DONE);
    expect(pair.hasMessage(receiver)).toBe(0);
    expect(one.rooms.pair.drop(receiver)).toBe(1);
    expect(all.live()).toEqual([0, 0]);
    all.endsEmpty();
  });

  test("that is taken from is gone", () => {
    const { all, pair, receiver, send } = makePair();
    send(8n);
    expect(pair.take(receiver)).toBe(8n);
    all.endsEmpty();
  });

  test("is in no hurry without a budget", () => {
    const { all, pair, receiver, send } = makePair();
    send(9n);
    all.world.write(all.world.worker(0) + WORKER_BUDGET, 0);
    expect(pair.receive(receiver)).toBe(SYNC_BUSY);
    expect(pair.hasMessage(receiver)).toBe(1);
    all.endsEmpty();
  });

  test("is given up whole only once its sender has gone", () => {
    const { all, one, pair, receiver, sender } = makePair();
    expect([pair.drop(receiver), pair.drop(sender)]).toEqual([0, 0]);
    one.core.stakeDrop(sender);
    expect(one.core.channelTryReceive(all.primitiveOf(receiver))).toBe(SYNC_CLOSED);
    all.endsEmpty();
  });

  test("has no id by which it could be opened", () => {
    const { all, home, receiver, address, send, pair } = makePair();
    const open = () => home.core.primitiveOpen(address, all.generationOf(address), home.owner);
    expect(open()).toBe(SYNC_REFUSED);
    send(1n);
    pair.take(receiver);
    expect(open()).toBe(SYNC_REFUSED);
    all.endsEmpty();
  });

  test.for(["empty", "sent", "received"] as const)(
    "that is %s frees what is in it with its owner",
    (stage) => {
      const { all, one, home, block } = makeAt(stage);
      if (stage === "empty") one.core.release(block);
      home.core.workerLost(0, 0, 0, 0, 0);
      expect(() => home.core.release(block)).toThrow(/heap\.ts/);
      expect(all.live()).toEqual([0, 0]);
    },
  );
});

describe("a channel made of a pair", () => {
  test("has both ends, and no message yet", () => {
    const { all, one, pair, receiver, sender, address } = makePair();
    pair.unfold(sender);
    expect(all.live()).toEqual([2, 1]);
    const wait = stakeIn(one.core.channelReceive(address, one.owner, token(3)));
    expect(all.stateOf(wait)).toBe(STAKE_WAITING);
    expect(one.core.oneshotSend(sender, 5n)).toBe(SYNC_DONE);
    expect(one.turn()).toEqual([3]);
    expect([one.core.channelTryReceive(address), one.message()]).toEqual([SYNC_DONE, 5n]);
    one.core.stakeDrop(receiver);
    all.endsEmpty();
  });

  test("has the message that was sent, and no sender", () => {
    const { all, one, pair, receiver, address, send } = makePair();
    send(6n);
    pair.unfold(receiver);
    expect(all.live()).toEqual([1, 1]);
    expect([one.core.channelTryReceive(address), one.message()]).toEqual([SYNC_DONE, 6n]);
    expect(one.core.channelTryReceive(address)).toBe(SYNC_CLOSED);
    all.endsEmpty();
  });

  test("has nothing any more once that was received", () => {
    const { all, one, pair, receiver, address, send } = makePair();
    send(6n);
    pair.receive(receiver);
    pair.unfold(receiver);
    expect(one.core.channelTryReceive(address)).toBe(SYNC_CLOSED);
    all.endsEmpty();
  });

  test("goes to another owner by one end", () => {
    const { all, one, home, pair, receiver, sender, address } = makePair();
    pair.unfold(sender);
    one.core.stakeMove(sender, home.owner);
    expect(one.core.channelTryReceive(address)).toBe(SYNC_BLOCKED);
    home.core.stakeDrop(sender);
    expect(one.core.channelTryReceive(address)).toBe(SYNC_CLOSED);
    one.core.stakeDrop(receiver);
    all.endsEmpty();
  });
});
