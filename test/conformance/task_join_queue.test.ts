/** Tokio-util's `task_join_queue.rs`. */
import { consumeBudget, hasBudgetRemaining, JoinQueue, oneshot, sleep } from "tokiwa";
import { assertPending, assertReadyEq, task, testWith } from "tokiwa/test";
import { test as base, describe, expect } from "vitest";
import { turns, until } from "../support/waiting.ts";
import { inOnePoll } from "./polls.ts";

/** As many tasks as a poll's budget has units, and some. */
const MANY = 200;

const test = testWith(base);
const never = () => sleep(1e9);

/** A queue of two whose tasks end with what they are sent. */
function twoThatWait() {
  const queue = new JoinQueue<number>();
  const [first, second] = [oneshot.channel<number>(), oneshot.channel<number>()];
  for (const { receiver } of [first, second]) queue.spawn(() => receiver.recv());
  return { queue, first: first.sender, second: second.sender };
}

/** Looking for the next task, by either way, leaves whoever waits for it in line. */
async function keepsTheWaker(look: (queue: JoinQueue<number>) => unknown): Promise<void> {
  const { queue, first } = twoThatWait();
  using waiting = task(queue.joinNext());
  assertPending(waiting.poll());
  expect(look(queue)).toBeUndefined();
  await turns();
  expect(waiting.isWoken).toBe(false);
  first.send(42);
  await until(() => waiting.isWoken);
  assertReadyEq(waiting.poll(), 42);
  await queue.shutdown();
}

/** Takes what has ended, in a poll whose budget is spent. */
async function takesWithoutBudget(take: (queue: JoinQueue<number>) => unknown): Promise<void> {
  const queue = new JoinQueue<number>();
  const handles = Array.from({ length: MANY }, (_, index) => queue.spawn(async () => index));
  await until(() => handles.every(({ isFinished }) => isFinished));
  const taken = await inOnePoll((waker) => {
    while (hasBudgetRemaining()) consumeBudget().poll(waker);
    return handles.map(() => take(queue));
  });
  expect(taken).toEqual(handles.map((_, index) => index));
}

describe("task_join_queue", () => {
  test("test_join_queue_no_spurious_wakeups", async () => {
    const { queue, first, second } = twoThatWait();
    using waiting = task(queue.joinNext());
    assertPending(waiting.poll());
    second.send(2);
    await turns();
    expect(waiting.isWoken).toBe(false);
    first.send(1);
    await until(() => waiting.isWoken);
    assertReadyEq(waiting.poll(), 1);
    expect([await queue.joinNext(), await queue.joinNext()]).toEqual([2, undefined]);
  });

  test("test_join_queue_abort_on_drop", async () => {
    const queue = new JoinQueue<void>();
    const handles = Array.from({ length: 16 }, () => queue.spawn(never));
    await turns();
    queue[Symbol.dispose]();
    expect(queue.isEmpty).toBe(true);
    await until(() => handles.every(({ isFinished }) => isFinished));
  });

  test("test_join_queue_alternating", async () => {
    const queue = new JoinQueue<void>();
    queue.spawn(async () => {});
    queue.spawn(async () => {});
    for (let round = 0; round < 16; round++) {
      await queue.joinNext();
      expect(queue.size).toBe(1);
      queue.spawn(async () => {});
      expect(queue.size).toBe(2);
    }
    queue.detachAll();
  });

  test("test_join_queue_join_all", { startPaused: true }, async () => {
    const queue = new JoinQueue<number>();
    for (let index = 0; index < 5; index++) {
      queue.spawn(async () => {
        await sleep(10 - index);
        return index;
      });
    }
    expect(await queue.joinAll()).toEqual([0, 1, 2, 3, 4]);
    expect(queue.isEmpty).toBe(true);
  });

  test("test_join_queue_with_manual_abort", async () => {
    const queue = new JoinQueue<number>();
    const go = oneshot.channel<void>();
    for (let index = 0; index < 16; index++) {
      const handle = queue.spawn(async () => {
        if (index === 0) await go.receiver.recv();
        return index % 2 === 0 ? index : never().then(() => index);
      });
      if (index % 2 !== 0) handle.abort();
    }
    go.sender.send();
    for (let index = 0; index < 16; index++) {
      const settled = await queue.joinNextWithId();
      if (index % 2 === 0) expect(settled).toMatchObject({ ok: true, value: index });
      else expect(settled).toMatchObject({ ok: false, error: { isCancelled: true } });
    }
    expect(await queue.joinNextWithId()).toBeUndefined();
  });

  test("test_join_queue_join_next_with_id", { startPaused: true }, async () => {
    const queue = new JoinQueue<number>();
    const handles = Array.from({ length: 16 }, (_, index) =>
      queue.spawn(async () => {
        await sleep(20 - index);
        return index;
      }),
    );
    const seen: unknown[] = [];
    for await (const settled of queue) seen.push(settled);
    expect(seen).toEqual(handles.map(({ id }, value) => ({ ok: true, id, value })));
  });

  test("test_join_queue_try_join_next", async () => {
    const { queue, first, second } = twoThatWait();
    expect(queue.tryJoinNext()).toBeUndefined();
    second.send(2);
    await turns();
    expect([queue.tryJoinNext(), queue.tryJoinNextWithId(), queue.size]).toEqual([
      undefined,
      undefined,
      2,
    ]);
    first.send(1);
    await turns();
    expect([queue.tryJoinNext(), queue.tryJoinNext(), queue.tryJoinNext()]).toEqual([
      1,
      2,
      undefined,
    ]);
    expect(queue.isEmpty).toBe(true);
  });

  test("test_join_queue_try_join_next_does_not_replace_waker", () =>
    keepsTheWaker((queue) => queue.tryJoinNext()));

  test("test_join_queue_try_join_next_with_id_does_not_replace_waker", () =>
    keepsTheWaker((queue) => queue.tryJoinNextWithId()));

  test("test_join_queue_try_join_next_disabled_coop", () =>
    takesWithoutBudget((queue) => queue.tryJoinNext()));

  test("test_join_queue_try_join_next_with_id_disabled_coop", () =>
    takesWithoutBudget((queue) => {
      const settled = queue.tryJoinNextWithId();
      return settled?.ok === true ? settled.value : settled;
    }));
});
