/** Tokio's `macros_select.rs`. */
import { consumeBudget, mpsc, oneshot, Runtime, sleep, spawn, yieldNow } from "tokiwa";
import {
  byRef,
  co,
  type FutureGenerator,
  PENDING,
  pending,
  pollFn,
  ready,
  select,
} from "tokiwa/future";
import { describe, expect, test } from "vitest";
import { inOnePoll } from "./polls.ts";

const one = async () => 1;

/** Ready after so many turns. */
function* after(turns: number, value: string): FutureGenerator<string> {
  for (let turn = 0; turn < turns; turn++) yield* yieldNow();
  return value;
}

describe("macros_select", () => {
  test("sync_one_lit_expr_comma", async () => {
    expect(await select([ready(1)])).toEqual({ key: 0, value: 1 });
  });

  test("sync_one_lit_expr_no_comma", async () => {
    expect(await select({ one })).toEqual({ key: "one", value: 1 });
  });

  test("no_branch_else_only", async () => {
    expect(await select({}, { else: () => 1 })).toEqual({ key: "else", value: 1 });
  });

  test("no_branch_else_only_biased", async () => {
    const options = { biased: true, else: () => 1 };
    expect(await select([], options)).toEqual({ key: "else", value: 1 });
  });

  test("nested_one", async () => {
    const { value } = await select({ outer: () => select({ inner: one }) });
    expect(value).toEqual({ key: "inner", value: 1 });
  });

  test("sync_one_lit_expr_block", async () => {
    const won = await select({ one });
    expect(won.key === "one" ? won.value + 1 : 0).toBe(2);
  });

  test("sync_one_await", async () => {
    expect((await select({ one: one() })).value).toBe(1);
  });

  test("sync_one_ident", async () => {
    const future = co(after(0, "one"));
    expect(await select({ future })).toEqual({ key: "future", value: "one" });
  });

  test("sync_two", async () => {
    const seen: string[] = [];
    const branch = (name: string) =>
      pollFn(() => {
        seen.push(name);
        return name;
      });
    const won = await select({ first: branch("first"), second: branch("second") });
    expect(seen).toEqual([won.value]);
    expect(won.key).toBe(won.value);
  });

  test("one_ready", async () => {
    const [first, second] = [oneshot.channel<number>(), oneshot.channel<number>()];
    const selecting = select({ first: first.receiver.recv(), second: second.receiver.recv() });
    first.sender.send(1);
    expect(await selecting).toEqual({ key: "first", value: 1 });
  });

  test("select_streams", async () => {
    const [first, second] = [mpsc.unboundedChannel<number>(), mpsc.unboundedChannel<number>()];
    const sending = spawn(async () => {
      using one = first.sender;
      using two = second.sender;
      for (const [sender, value] of [
        [two, 1],
        [one, 2],
        [two, 3],
        [one, 4],
      ] as const) {
        sender.send(value);
        await yieldNow();
      }
    });
    const seen: number[] = [];
    const match = (value: number | undefined) => value !== undefined;
    for (;;) {
      const won = await select(
        {
          first: { work: first.receiver.recv(), match },
          second: { work: second.receiver.recv(), match },
        },
        { else: () => "both are closed" },
      );
      if (won.key === "else") break;
      seen.push(won.value as number);
    }
    expect(seen.sort()).toEqual([1, 2, 3, 4]);
    await sending;
  });

  test("move_uncompleted_futures", async () => {
    const [first, second] = [oneshot.channel<string>(), oneshot.channel<string>()];
    first.sender.send("first");
    const won = await select({
      first: first.receiver.recv(),
      second: second.receiver.recv(),
    });
    expect(won.key).toBe("first");
    second.sender.send("second");
    expect(await second.receiver.recv()).toBe("second");
  });

  test("nested", async () => {
    const outer = await select({ two: async () => 2, never: pending() });
    if (outer.key !== "two") throw new Error(outer.key);
    const inner = await select({ sum: async () => outer.value + 1 });
    expect(inner.value).toBe(3);
  });

  test("future_panics_after_poll", async () => {
    let polls = 0;
    const once = pollFn(() => {
      polls += 1;
      if (polls > 1) throw new Error("polled again");
      return "wrong";
    });
    const won = await select(
      { once: { work: once, match: (value) => value === "right" }, other: co(after(3, "other")) },
      { biased: true },
    );
    expect(won).toEqual({ key: "other", value: "other" });
    expect(polls).toBe(1);
  });

  test("disable_with_if", async () => {
    const never = pollFn<string>(() => {
      throw new Error("polled");
    });
    const won = await select({ never: { work: never, when: false }, other: co(after(1, "other")) });
    expect(won.key).toBe("other");
  });

  test("join_with_select", async () => {
    const [first, second] = [oneshot.channel<number>(), oneshot.channel<number>()];
    const sending = spawn(async () => {
      first.sender.send(123);
      await yieldNow();
      second.sender.send(456);
    });
    const got: { first?: number | undefined; second?: number | undefined } = {};
    while (got.first === undefined || got.second === undefined) {
      const won = await select({
        first: got.first === undefined && first.receiver.recv(),
        second: { work: second.receiver.recv(), when: got.second === undefined },
      });
      got[won.key] = won.value;
    }
    expect(got).toEqual({ first: 123, second: 456 });
    await sending;
  });

  for (const biased of [false, true]) {
    test(`use_future_in_if_condition${biased ? "_biased" : ""}`, async () => {
      const rightAway = sleep(0);
      const won = await select(
        { nap: { work: rightAway, when: rightAway.isElapsed }, other: ready("other") },
        { biased },
      );
      expect(won.key).toBe("other");
    });
  }

  test("biased_one_not_ready", async () => {
    const [first, second, third] = [0, 1, 2].map(() => oneshot.channel<string>());
    second?.sender.send("second");
    third?.sender.send("third");
    const won = await select(
      [first?.receiver.recv(), second?.receiver.recv(), third?.receiver.recv()],
      { biased: true },
    );
    expect(won).toEqual({ key: 1, value: "second" });
  });

  test("biased_eventually_ready", async () => {
    const futures = [ready("first"), co(after(1, "second")), co(after(3, "third"))] as const;
    const isDone = [false, false, false];
    const seen: string[] = [];
    for (;;) {
      // The later ones come first: they win as soon as they can.
      const won = await select(
        {
          2: { work: byRef(futures[2]), when: !isDone[2] },
          1: { work: byRef(futures[1]), when: !isDone[1] },
          0: { work: byRef(futures[0]), when: !isDone[0] },
        },
        { biased: true, else: () => "all" },
      );
      seen.push(won.value);
      if (won.key === "else") break;
      isDone[won.key] = true;
    }
    expect(seen).toEqual(["first", "second", "third", "all"]);
  });

  test("unstable::deterministic_select_current_thread", async () => {
    const chosen = async (rngSeed: string) => {
      const runtime = await Runtime.create({ flavor: "currentThread", rngSeed });
      const keys: number[] = [];
      await runtime.run(async () => {
        for (let round = 0; round < 50; round++) {
          keys.push((await select([ready(0), ready(1), ready(2)])).value);
        }
      });
      await runtime.shutdown();
      return keys;
    };
    const keys = await chosen("bytes used to generate seed");
    expect(new Set(keys).size).toBe(3);
    expect(await chosen("bytes used to generate seed")).toEqual(keys);
    expect(await chosen("some other bytes")).not.toEqual(keys);
  });

  test("select_is_budget_aware", async () => {
    const spend = () => select([consumeBudget(), ready(undefined)], { biased: true });
    const polls = await inOnePoll((waker) =>
      Array.from({ length: 129 }, () => spend().poll(waker)),
    );
    expect(polls.map((poll) => poll !== PENDING)).toEqual([...Array(128).fill(true), false]);
  });
});
