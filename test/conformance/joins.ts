/**
 * What Tokio tests of `join!` and `try_join!` alike.
 *
 * @module
 */
import { consumeBudget, oneshot, spawn, yieldNow } from "tokiwa";
import {
  type BranchOptions,
  type Future,
  PENDING,
  pollFn,
  ready,
  type join as TokiwaJoin,
} from "tokiwa/future";
import { expect, test } from "vitest";
import { inOnePoll } from "./polls.ts";

type Join = typeof TokiwaJoin;

/** Defines the tests, for one of the two. */
export function joins(join: Join, empty: string, starve: string): void {
  for (const commas of ["comma", "no_comma"]) {
    test(`sync_one_lit_expr_${commas}`, async () => {
      expect(await join([ready(1)])).toEqual([1]);
      expect(await join({ one: ready(1) }, { biased: true })).toEqual({ one: 1 });
    });

    test(`sync_two_lit_expr_${commas}`, async () => {
      expect(await join([ready(1), ready("two")])).toEqual([1, "two"]);
      expect(await join([ready(1), ready("two")], { biased: true })).toEqual([1, "two"]);
    });
  }

  test("two_await", async () => {
    const [first, second] = [oneshot.channel<string>(), oneshot.channel<number>()];
    const joined = spawn(() => join([first.receiver.recv(), second.receiver.recv()]));
    await yieldNow();
    second.sender.send(123);
    await yieldNow();
    expect(joined.isFinished).toBe(false);
    first.sender.send("hello");
    expect(await joined).toEqual(["hello", 123]);
  });

  test(starve, async () => {
    const { sender, receiver } = oneshot.channel<void>();
    let done = false;
    const greedy = pollFn<void>((waker) => {
      // Ready for more without end: only the budget ends a poll.
      while (!done) if (consumeBudget().poll(waker) === PENDING) return PENDING;
    });
    const other = async () => {
      await receiver.recv();
      done = true;
    };
    sender.send();
    await join([greedy, other]);
  });

  /** The order in which three branches are polled, in each of `polls` polls. */
  const orderOf = (polls: number, options?: BranchOptions): Promise<number[][]> =>
    inOnePoll((waker) => {
      let order: number[] = [];
      const branch = (number: number): Future<never> =>
        pollFn<never>(() => {
          order.push(number);
          return PENDING;
        });
      const joined = join([branch(1), branch(2), branch(3)], options);
      return Array.from({ length: polls }, () => {
        order = [];
        joined.poll(waker);
        return order;
      });
    });

  test("a_different_future_is_polled_first_every_time_poll_fn_is_polled", async () => {
    const round = [
      [1, 2, 3],
      [2, 3, 1],
      [3, 1, 2],
    ];
    expect(await orderOf(6)).toEqual([...round, ...round]);
  });

  test("futures_are_polled_in_order_in_biased_mode", async () => {
    expect(await orderOf(3, { biased: true })).toEqual(Array(3).fill([1, 2, 3]));
  });

  test(empty, async () => {
    expect(await join([])).toEqual([]);
    expect(await join({}, { biased: true })).toEqual({});
  });
}
