import { describe, expect, test } from "vitest";
import {
  PRIMITIVE_SENDERS,
  PRIMITIVE_WEAK_SENDERS,
  WORKER_BUDGET,
} from "../../../assembly/shared/layout.ts";
import { PERMITS_MAX } from "../../../assembly/shared/limits.ts";
import {
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

const UNLIMITED = 0;

/** One receives, two sends. */
function makeChannel(capacity: number, blocks = false, pages = 64) {
  const all = new Coordination(2, { pages });
  const [one, two, home] = all.parties as [Party, Party, Party];
  const receiver = stakeIn(one.core.channelCreate(capacity, blocks, one.owner));
  const channel = all.primitiveOf(receiver);
  const sender = stakeIn(two.core.senderCreate(channel, two.owner));
  const trySend = (message: number | bigint): number =>
    two.core.channelTrySend(channel, BigInt(message));
  const send = (message: number | bigint, number = 1): number =>
    two.core.channelSend(channel, BigInt(message), two.owner, token(number));
  const reserve = (places: number, number = 1): number =>
    two.core.channelReserve(channel, places, two.owner, token(number));
  const receive = (number = 1): number =>
    one.core.channelReceive(channel, one.owner, token(number));
  const take = (): number | bigint => {
    const verdict = one.core.channelTryReceive(channel);
    return verdict === SYNC_DONE ? one.message() : verdict;
  };
  const messageIn = (text: string): bigint => {
    const block = two.core.allocate(text.length) as number;
    for (let at = 0; at < text.length; at++) all.world.writeByte(block + at, text.charCodeAt(at));
    return (BigInt(text.length) << 32n) | BigInt(block);
  };
  const ends = { all, one, two, home, receiver, channel, sender };
  return { ...ends, trySend, send, reserve, receive, take, messageIn };
}

describe.each([UNLIMITED, 8, 1024])("a channel of %i", (capacity) => {
  test("keeps the order, across its blocks and its ends", () => {
    const { all, trySend, take } = makeChannel(capacity);
    let [sent, taken] = [0, 0];
    for (let round = 0; round < 200; round++) {
      for (let count = round % 8; count > 0; count--) expect(trySend(sent++)).toBe(SYNC_DONE);
      while (taken < sent) expect(take()).toBe(BigInt(taken++));
    }
    for (let more = 0; more < 7; more++) trySend(more);
    all.endsEmpty();
  });

  test("carries all 64 bits", () => {
    const { all, trySend, take } = makeChannel(capacity);
    trySend(0xfedc_ba98_7654_3210n);
    expect(take()).toBe(0xfedc_ba98_7654_3210n);
    all.endsEmpty();
  });

  test("wakes who waits to receive, and ends once the last sender has gone", () => {
    const { all, one, two, sender, receive, trySend, take } = makeChannel(capacity);
    const wait = stakeIn(receive(5));
    expect(all.stateOf(wait)).toBe(STAKE_WAITING);
    trySend(7);
    expect(one.turn()).toEqual([5]);
    one.core.stakeFinish(wait);
    expect(take()).toBe(7n);
    const last = stakeIn(receive(6));
    two.core.stakeDrop(sender);
    expect(one.turn()).toEqual([6]);
    expect(all.outcomeOf(last)).toBe(SYNC_CLOSED);
    expect([take(), receive()]).toEqual([SYNC_CLOSED, SYNC_CLOSED]);
    all.endsEmpty();
  });

  test("loses nothing if a wait to receive is given up as a message comes", () => {
    const { all, one, receive, trySend, take } = makeChannel(capacity);
    const wait = stakeIn(receive(5));
    trySend(7);
    one.core.stakeDrop(wait);
    expect(one.turn()).toEqual([]);
    expect(take()).toBe(7n);
    all.endsEmpty();
  });

  test("that is closed refuses new messages, and gives out those that are there", () => {
    const { all, one, two, channel, trySend, take } = makeChannel(capacity);
    const wait = stakeIn(two.core.primitiveClosed(channel, two.owner, token(4)));
    trySend(1);
    expect(one.core.channelIsClosed(channel)).toBe(0);
    one.core.channelClose(channel);
    expect(two.turn()).toEqual([4]);
    expect(all.outcomeOf(wait)).toBe(SYNC_DONE);
    expect(trySend(2)).toBe(SYNC_CLOSED);
    expect(two.core.primitiveClosed(channel, two.owner, token(4))).toBe(SYNC_DONE);
    expect([take(), take()]).toEqual([1n, SYNC_CLOSED]);
    expect(one.core.channelIsClosed(channel)).toBe(1);
    all.endsEmpty();
  });

  test("frees the blocks in it with its receiver, and tells the senders", () => {
    const { all, one, two, receiver, channel, trySend, messageIn } = makeChannel(capacity, true);
    const messages = ["one", "two", "three"].map(messageIn);
    for (const message of messages) expect(trySend(message)).toBe(SYNC_DONE);
    const wait = stakeIn(two.core.primitiveClosed(channel, two.owner, token(9)));
    one.core.stakeDrop(receiver);
    expect(two.turn()).toEqual([9]);
    two.core.stakeFinish(wait);
    for (const message of messages) {
      expect(() => one.core.release(Number(message & 0xffff_ffffn))).toThrow(/heap\.ts/);
    }
    const late = messageIn("four");
    expect(trySend(late)).toBe(SYNC_CLOSED);
    two.core.release(Number(late & 0xffff_ffffn)); // That is still the sender's.
    all.endsEmpty();
  });

  test("counts senders, strong and weak, and makes one of the other", () => {
    const { all, two, home, channel, sender } = makeChannel(capacity);
    const counts = () =>
      [PRIMITIVE_SENDERS, PRIMITIVE_WEAK_SENDERS].map((at) => all.world.read(channel + at));
    const weak = stakeIn(home.core.senderCreateWeak(channel, home.owner));
    expect(counts()).toEqual([1, 1]);
    const strong = stakeIn(home.core.senderUpgrade(channel, home.owner));
    expect(counts()).toEqual([2, 1]);
    two.core.stakeDrop(sender);
    home.core.stakeDrop(strong);
    expect(home.core.channelIsClosed(channel)).toBe(1);
    expect(home.core.senderUpgrade(channel, home.owner)).toBe(SYNC_CLOSED);
    home.core.stakeDrop(weak);
    expect(counts()).toEqual([0, 0]);
    all.endsEmpty();
  });

  test("moves many at once, as many as are there", () => {
    const { all, one, channel, trySend } = makeChannel(capacity);
    const into = one.core.allocate(100 * 8) as number;
    const count = Math.min(capacity || 90, 90);
    for (let sent = 0; sent < count; sent++) trySend(sent);
    expect(one.core.channelLength(channel)).toBe(count);
    expect(one.core.channelTakeMany(channel, into, 5)).toBe(5);
    expect(one.core.channelTakeMany(channel, into + 40, 95)).toBe(count - 5);
    expect(one.core.channelTakeMany(channel, into, 5)).toBe(0);
    const taken = Array.from({ length: count }, (_, at) => all.long(into + at * 8));
    expect(taken).toEqual(taken.map((_, at) => BigInt(at)));
    one.core.release(into);
    all.endsEmpty();
  });

  test("shows many at once, and frees the blocks of those that were read", () => {
    const { all, one, channel, trySend, take, messageIn } = makeChannel(capacity, true);
    const into = one.core.allocate(100 * 8) as number;
    const count = Math.min(capacity || 90, 90);
    const messages = Array.from({ length: count }, (_, at) => messageIn(`message ${at}`));
    for (const message of messages) expect(trySend(message)).toBe(SYNC_DONE);
    const read: bigint[] = [];
    while (read.length < count - 1) {
      const seen = one.core.channelPeekMany(channel, into, count - 1 - read.length);
      expect(one.core.channelPeekMany(channel, into, 1)).toBe(1);
      expect(one.core.channelLength(channel)).toBe(count - read.length);
      read.push(...Array.from({ length: seen }, (_, at) => all.long(into + at * 8)));
      one.core.channelTakeRead(channel, seen);
    }
    expect([...read, take()]).toEqual(messages);
    expect(one.core.channelPeekMany(channel, into, 5)).toBe(0);
    one.core.release(Number((messages.at(-1) as bigint) & 0xffff_ffffn));
    for (const message of read) {
      expect(() => one.core.release(Number(message & 0xffff_ffffn))).toThrow(/heap\.ts/);
    }
    one.core.release(into);
    all.endsEmpty();
  });
});

describe("a channel with a limit", () => {
  test("takes in the messages of those who wait, in their order, as room appears", () => {
    const { all, two, send, take, trySend } = makeChannel(2);
    for (const message of [1, 2]) expect(send(message)).toBe(SYNC_DONE);
    const waits = [3, 4].map((message) => stakeIn(send(message, message)));
    expect(trySend(9)).toBe(SYNC_BLOCKED);
    expect([take(), take(), take(), take(), take()]).toEqual([1n, 2n, 3n, 4n, SYNC_BLOCKED]);
    expect(two.turn()).toEqual([3, 4]);
    expect(waits.map(all.outcomeOf)).toEqual([SYNC_DONE, SYNC_DONE]);
    all.endsEmpty();
  });

  test("has its places back as messages are taken, in whatever way", () => {
    const { all, one, two, channel, send, take, trySend, reserve } = makeChannel(3);
    for (const message of [1, 2, 3]) send(message);
    expect([take(), take()]).toEqual([1n, 2n]);
    expect(two.core.semaphoreAvailable(channel)).toBe(2);
    for (const message of [4, 5]) expect(trySend(message)).toBe(SYNC_DONE);
    const places = stakeIn(reserve(2, 7));
    take();
    expect([two.turn(), two.core.semaphoreAvailable(channel)]).toEqual([[], 0]);
    take();
    expect(two.turn()).toEqual([7]);
    one.core.channelClose(channel);
    expect([take(), take()]).toEqual([5n, SYNC_BLOCKED]);
    two.core.stakeDrop(places);
    expect(take()).toBe(SYNC_CLOSED);
    all.endsEmpty();
  });

  test("frees the message of a wait that is given up, and not one that was sent", () => {
    const { all, one, two, send, take, messageIn } = makeChannel(1, true);
    send(messageIn("a"));
    const gone = stakeIn(send(messageIn("b")));
    const sent = stakeIn(send(messageIn("c"), 3));
    two.core.stakeDrop(gone);
    const first = take() as bigint;
    expect(two.turn()).toEqual([3]);
    two.core.stakeDrop(sent);
    const last = take() as bigint;
    expect(all.world.readByte(Number(last & 0xffff_ffffn))).toBe("c".charCodeAt(0));
    for (const message of [first, last]) one.core.release(Number(message & 0xffff_ffffn));
    all.endsEmpty();
  });

  test("gives the message back of a wait that fails", () => {
    const { all, one, two, channel, send, messageIn } = makeChannel(1, true);
    const message = messageIn("mine");
    send(messageIn("first"));
    const wait = stakeIn(send(message, 2));
    one.core.channelClose(channel);
    expect(two.turn()).toEqual([2]);
    expect([all.outcomeOf(wait), all.messageOf(wait)]).toEqual([SYNC_CLOSED, message]);
    two.core.stakeFinish(wait);
    two.core.release(Number(message & 0xffff_ffffn));
    all.endsEmpty();
  });

  test("reserves places, which are sent to, or given back", () => {
    const { all, two, channel, reserve, trySend, take } = makeChannel(3);
    const places = stakeIn(reserve(2));
    expect([trySend(1), trySend(2)]).toEqual([SYNC_DONE, SYNC_BLOCKED]);
    two.core.channelSendReserved(places, 5n);
    expect(two.core.semaphoreAvailable(channel)).toBe(0);
    const wait = stakeIn(reserve(1, 8));
    two.core.stakeDrop(places);
    expect(two.turn()).toEqual([8]);
    two.core.channelSendReserved(wait, 6n);
    expect([take(), take(), take()]).toEqual([1n, 5n, 6n]);
    expect(two.core.semaphoreAvailable(channel)).toBe(3);
    expect(() => two.core.channelSendReserved(wait, 6n)).toThrow(/channel\.ts/);
    all.endsEmpty();
  });

  test("ends only once what was reserved is sent or given back", () => {
    for (const isSent of [true, false]) {
      const { all, one, two, channel, reserve, receive, take } = makeChannel(2);
      const places = stakeIn(reserve(1));
      one.core.channelClose(channel);
      expect(reserve(1)).toBe(SYNC_CLOSED);
      expect(take()).toBe(SYNC_BLOCKED);
      const wait = stakeIn(receive(4));
      if (isSent) two.core.channelSendReserved(places, 3n);
      else two.core.stakeDrop(places);
      expect(one.turn()).toEqual([4]);
      expect(all.outcomeOf(wait)).toBe(isSent ? SYNC_DONE : SYNC_CLOSED);
      expect(take()).toBe(isSent ? 3n : SYNC_CLOSED);
      all.endsEmpty();
    }
  });

  test("wakes a closed receiver if a wait for places is given up or fails", () => {
    const { all, one, two, channel, reserve, receive } = makeChannel(4);
    const held = stakeIn(reserve(3));
    const large = stakeIn(reserve(4, 2));
    one.core.channelClose(channel);
    expect(two.turn()).toEqual([2]);
    expect(all.outcomeOf(large)).toBe(SYNC_CLOSED);
    stakeIn(receive(6));
    expect(one.turn()).toEqual([]);
    two.core.stakeDrop(held);
    expect(one.turn()).toEqual([6]);
    all.endsEmpty();
  });

  test("frees what is sent to a place whose receiver has gone", () => {
    const { all, one, two, receiver, reserve, messageIn } = makeChannel(2, true);
    const places = stakeIn(reserve(2));
    one.core.stakeDrop(receiver);
    const message = messageIn("late");
    two.core.channelSendReserved(places, message);
    expect(() => one.core.release(Number(message & 0xffff_ffffn))).toThrow(/heap\.ts/);
    all.endsEmpty();
  });

  test("refuses more places than it has, and limits that cannot be", () => {
    const { all, one, reserve } = makeChannel(3);
    expect(reserve(4)).toBe(SYNC_REFUSED);
    expect(all.stateOf(reserve(0))).toBe(STAKE_HELD);
    expect(one.core.channelCreate(PERMITS_MAX + 1, false, one.owner)).toBe(SYNC_REFUSED);
    expect(one.core.channelCreate(PERMITS_MAX, false, one.owner)).toBe(SYNC_NO_MEMORY);
    all.endsEmpty();
  });

  test("takes units of the budget, and does nothing without", () => {
    const { all, send, receive, take } = makeChannel(3);
    all.world.write(all.world.worker(1) + WORKER_BUDGET, 1);
    expect([send(1), send(2)]).toEqual([SYNC_DONE, SYNC_BUSY]);
    all.world.write(all.world.worker(0) + WORKER_BUDGET, 0);
    expect(receive()).toBe(SYNC_BUSY);
    expect([take(), take()]).toEqual([1n, SYNC_BLOCKED]);
    all.endsEmpty();
  });
});

test("an unlimited channel without memory keeps what is there, and goes on with more", () => {
  const { all, one, trySend, take } = makeChannel(UNLIMITED);
  const blocks: number[] = [];
  for (const size of [1000, 200, 40]) {
    for (let block = one.core.allocate(size); block !== 0; block = one.core.allocate(size)) {
      blocks.push(block);
    }
  }
  let sent = 0;
  while (trySend(sent) === SYNC_DONE) sent += 1;
  expect(trySend(sent)).toBe(SYNC_NO_MEMORY);
  for (let taken = 0; taken < sent; taken++) expect(take()).toBe(BigInt(taken));
  for (const block of blocks) one.core.release(block);
  all.endsEmpty();
});

test("a worker that dies closes its ends, and its wait to send is taken back", () => {
  const { all, home, send, take } = makeChannel(1);
  send(1);
  stakeIn(send(2));
  home.core.workerLost(1, 0, 0, 0, 0);
  expect([take(), take()]).toEqual([1n, SYNC_CLOSED]);
  home.core.workerLost(0, 0, 0, 0, 0);
  expect(all.live()).toEqual([0, 0]);
});

test("nothing is lost, doubled or passed by, whatever is sent, reserved and given up", () => {
  const seed = Date.now() & 0xfff_ffff;
  console.log(`seed ${seed}`);
  const below = randomFrom(seed);
  const { all, two, send, take, reserve } = makeChannel(4);
  const expected: number[] = [];
  const waiting: { stake: number; message: number }[] = [];
  const places: number[] = [];
  const settle = () => {
    // Those who waited are taken in from the front.
    while (waiting[0] !== undefined && all.stateOf(waiting[0].stake) !== STAKE_WAITING) {
      const { stake, message } = waiting.shift() as (typeof waiting)[0];
      if (message < 0) places.push(stake);
      else {
        expected.push(message);
        two.core.stakeDrop(stake);
      }
    }
  };
  for (let step = 0; step < 20_000; step++) {
    all.world.write(all.world.worker(1) + WORKER_BUDGET, 9);
    const action = below(12);
    if (action < 3) {
      const result = send(step);
      if (result === SYNC_DONE) expected.push(step);
      else waiting.push({ stake: stakeIn(result), message: step });
    } else if (action === 3) waiting.push({ stake: stakeIn(reserve(below(3))), message: -1 });
    else if (action === 4 && places.length > 0) {
      const [place] = places.splice(below(places.length), 1) as [number];
      if (all.permitsOf(place) > 0) {
        two.core.channelSendReserved(place, BigInt(step));
        expected.push(step);
      }
      two.core.stakeDrop(place);
    } else if (action === 5 && waiting.length > 0) {
      const [gone] = waiting.splice(below(waiting.length), 1) as [(typeof waiting)[0]];
      two.core.stakeDrop(gone.stake);
    } else if (action === 6) two.turn();
    else if (action > 6) {
      const message = take();
      const oldest = expected.shift();
      if (oldest === undefined) expected.length = 0;
      if (message !== (oldest === undefined ? SYNC_BLOCKED : BigInt(oldest))) {
        throw new Error(`seed ${seed}, step ${step}: ${message} instead of ${oldest}`);
      }
    }
    settle();
  }
  all.endsEmpty();
});
