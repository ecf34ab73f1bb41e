import { describe, expect, test } from "vitest";

import {
  STAKE_WAITING,
  SYNC_BLOCKED,
  SYNC_CLOSED,
  SYNC_DONE,
  SYNC_LAGGED,
  SYNC_NO_MEMORY,
  SYNC_REFUSED,
} from "../../../assembly/shared/verdicts.ts";
import { randomFrom } from "../fixtures/instance.mjs";
import { Coordination, type Party, stakeIn, token } from "../support/stakes.ts";

/** One sends, two receives. */
function makeBroadcast(capacity: number, blocks = false) {
  const all = new Coordination();
  const [one, two, home] = all.parties as [Party, Party, Party];
  const sender = stakeIn(one.core.broadcastCreate(capacity, blocks, one.owner));
  const broadcast = all.primitiveOf(sender);
  const subscribe = (): number => stakeIn(two.core.broadcastSubscribe(broadcast, two.owner));
  const send = (message: number): number | bigint => {
    const verdict = one.core.broadcastSend(broadcast, BigInt(message));
    return verdict === SYNC_DONE ? one.message() : verdict;
  };
  /** A message, how many are lost, or a verdict. */
  const take = (receiver: number): bigint | string | number => {
    const verdict = two.core.broadcastTryReceive(receiver);
    if (verdict === SYNC_LAGGED) return `lost ${two.message()}`;
    return verdict === SYNC_DONE ? two.message() : verdict;
  };
  const receive = (receiver: number, number: number): number =>
    two.core.broadcastReceive(receiver, two.owner, token(number));
  return { all, one, two, home, sender, broadcast, subscribe, send, take, receive };
}

describe("a broadcast", () => {
  test("brings every message to every receiver, and wakes those who wait", () => {
    const { all, two, subscribe, send, take, receive } = makeBroadcast(4);
    const [first, second] = [subscribe(), subscribe()];
    const wait = stakeIn(receive(first, 6));
    expect(all.stateOf(wait)).toBe(STAKE_WAITING);
    expect([send(1), send(2)]).toEqual([2n, 2n]);
    expect(two.turn()).toEqual([6]);
    expect([take(first), take(first), take(first)]).toEqual([1n, 2n, SYNC_BLOCKED]);
    expect([take(second), take(second), take(second)]).toEqual([1n, 2n, SYNC_BLOCKED]);
    all.endsEmpty();
  });

  test("tells a receiver that lags how many it lost, once, and goes on with the oldest", () => {
    const { all, subscribe, send, take, two } = makeBroadcast(3); // Keeps four.
    const receiver = subscribe();
    for (let message = 0; message < 6; message++) send(message);
    expect(two.core.broadcastUnseen(receiver)).toBe(6);
    expect(take(receiver)).toBe("lost 2");
    expect(two.core.broadcastUnseen(receiver)).toBe(4);
    for (let message = 6; message < 9; message++) send(message);
    expect(take(receiver)).toBe("lost 3");
    expect([5, 6, 7, 8].map(() => take(receiver))).toEqual([5n, 6n, 7n, 8n]);
    all.endsEmpty();
  });

  test("has no message for who comes later, and none at all without receivers", () => {
    const { all, one, two, broadcast, subscribe, send, take } = makeBroadcast(4);
    expect(send(1)).toBe(SYNC_CLOSED);
    const receiver = subscribe();
    stakeIn(one.core.primitiveClosed(broadcast, one.owner, token(3)));
    send(2);
    const late = subscribe();
    expect([take(late), take(receiver)]).toEqual([SYNC_BLOCKED, 2n]);
    for (const gone of [late, receiver]) two.core.stakeDrop(gone);
    expect(one.turn()).toEqual([3]);
    expect(send(3)).toBe(SYNC_CLOSED);
    all.endsEmpty();
  });

  test("ends with its last sender, after what is kept", () => {
    const { all, one, two, sender, subscribe, send, take, receive } = makeBroadcast(1);
    const receiver = subscribe();
    for (const message of [1, 2]) send(message);
    const wait = stakeIn(receive(subscribe(), 5));
    one.core.stakeDrop(sender);
    expect(two.turn()).toEqual([5]);
    expect(all.outcomeOf(wait)).toBe(SYNC_CLOSED);
    expect([take(receiver), take(receiver), take(receiver)]).toEqual(["lost 1", 2n, SYNC_CLOSED]);
    all.endsEmpty();
  });

  test("counts what some receiver lacks, however they read and leave", () => {
    const seed = Date.now() & 0xfff_ffff;
    console.log(`seed ${seed}`);
    const below = randomFrom(seed);
    const { all, one, two, broadcast, subscribe, send, take } = makeBroadcast(16);
    const receivers: { stake: number; unseen: number }[] = [];
    for (let step = 0; step < 10_000; step++) {
      const action = below(8);
      const at = below(receivers.length || 1);
      const receiver = receivers[at];
      if (action === 0 && receivers.length < 10) receivers.push({ stake: subscribe(), unseen: 0 });
      else if (action === 1 && receiver !== undefined) {
        two.core.stakeDrop(receiver.stake);
        receivers.splice(at, 1);
      } else if (action < 5) {
        send(step);
        for (const each of receivers) each.unseen += 1;
      } else if (receiver !== undefined) {
        const lost = Math.max(receiver.unseen - 16, 0);
        const found = take(receiver.stake);
        if (lost > 0) expect(found).toBe(`lost ${lost}`);
        receiver.unseen = lost > 0 ? 16 : Math.max(receiver.unseen - 1, 0);
      }
      const most = receivers.reduce((max, { unseen }) => Math.max(max, unseen), 0);
      expect(one.core.broadcastLength(broadcast), `seed ${seed}, ${step}`).toBe(Math.min(most, 16));
    }
    all.endsEmpty();
  });

  test("shares each block with its receivers, and frees it after the last", () => {
    const { all, one, two, subscribe, send, take } = makeBroadcast(2, true);
    const [first, second] = [subscribe(), subscribe()];
    const blocks = [1, 2, 3].map(() => one.core.allocate(30) as number);
    for (const block of blocks) send(block); // The third overwrites the first.
    expect(() => one.core.release(blocks[0])).toThrow(/heap\.ts/);
    expect([take(first), take(first)]).toEqual(["lost 1", BigInt(blocks[1] as number)]);
    two.core.release(blocks[1]);
    two.core.stakeDrop(second);
    expect(() => one.core.release(blocks[1])).toThrow(/heap\.ts/);
    expect(take(first)).toBe(BigInt(blocks[2] as number));
    two.core.release(blocks[2]);
    expect(() => one.core.release(blocks[2])).toThrow(/heap\.ts/);
    all.endsEmpty();
  });

  test("frees what nobody has read with its last receiver, also one that dies", () => {
    const { all, one, home, subscribe, send } = makeBroadcast(4, true);
    subscribe();
    subscribe();
    const blocks = [1, 2].map(() => one.core.allocate(30) as number);
    for (const block of blocks) send(block);
    home.core.workerLost(1, 0, 0, 0, 0);
    for (const block of blocks) expect(() => one.core.release(block)).toThrow(/heap\.ts/);
    all.endsEmpty();
  });

  test("refuses to keep nothing, or more than there is room for", () => {
    const { all, one } = makeBroadcast(1);
    expect(one.core.broadcastCreate(0, false, one.owner)).toBe(SYNC_REFUSED);
    expect(one.core.broadcastCreate(1 << 21, false, one.owner)).toBe(SYNC_NO_MEMORY);
    all.endsEmpty();
  });
});
