/** tokio-stream's `stream_stream_map.rs`. */
import { PENDING, pollFn, type Waker } from "tokiwa/future";
import { empty, iter, pending, type Stream, StreamMap } from "tokiwa/stream";
import { assertPending, task } from "tokiwa/test";
import { describe, expect } from "vitest";
import { expectLeft, fed, polled, test } from "./streams.ts";

function mapOf<T>(...streams: Stream<T>[]): StreamMap<number, T> {
  const map = new StreamMap<number, T>();
  for (const [key, stream] of streams.entries()) map.set(key, stream);
  return map;
}

const items = <K, T>(found: readonly (readonly [K, T])[]): T[] => found.map(([, item]) => item);

describe("stream_stream_map", () => {
  test("empty", async () => {
    const map = new StreamMap<string, number>();
    expect([map.size, await map.next()]).toEqual([0, undefined]);
    expect(map.delete("foo")).toBeUndefined();
  });

  test("single_entry", async () => {
    const map = new StreamMap<string, number>();
    const { sender, stream } = fed<number>();
    expect(map.set("foo", stream)).toBeUndefined();
    expect([map.has("foo"), map.has("bar"), map.size]).toEqual([true, false, 1]);
    const waiting = polled(map);
    assertPending(waiting.poll());
    sender.send(1);
    expect(waiting.isWoken).toBe(true);
    expect(waiting.poll()).toEqual(["foo", 1]);
    assertPending(waiting.poll());
    sender.send(2);
    expect(waiting.poll()).toEqual(["foo", 2]);
    assertPending(waiting.poll());
    sender[Symbol.dispose]();
    expect(waiting.isWoken).toBe(true);
    expect(await map.next()).toBeUndefined();
    expect(map.has("foo")).toBe(false);
  });

  test("multiple_entries", async () => {
    const [one, two] = [fed<number>(), fed<number>()];
    const waiting = polled(mapOf<number>(one.stream, two.stream));
    assertPending(waiting.poll());
    one.sender.send(1);
    expect(waiting.poll()).toEqual([0, 1]);
    two.sender.send(2);
    one.sender.send(3);
    const both = [waiting.poll(), waiting.poll()] as [number, number][];
    expect(both.sort(([one], [other]) => one - other)).toEqual([
      [0, 3],
      [1, 2],
    ]);
    assertPending(waiting.poll());
  });

  test("insert_remove", async () => {
    const map = new StreamMap<string, number>();
    const { sender, stream } = fed<number>();
    map.set("foo", stream);
    sender.send(1);
    const removed = map.delete("foo") as Stream<number>;
    expect(await map.next()).toBeUndefined();
    map.set("bar", removed);
    expect(await map.next()).toEqual(["bar", 1]);
    sender[Symbol.dispose]();
    expect([await map.next(), map.size]).toEqual([undefined, 0]);
  });

  test("replace", async () => {
    const [one, two] = [fed<number>(), fed<number>()];
    const map = mapOf<number>(one.stream);
    one.sender.send(1);
    expect(map.set(0, two.stream)).toBe(one.stream);
    two.sender.send(2);
    const waiting = polled(map);
    expect(waiting.poll()).toEqual([0, 2]);
    assertPending(waiting.poll());
  });

  test("size_hint_with_upper", async () => {
    expectLeft(mapOf(iter([1]), iter([1, 2]), iter([1, 2, 3])), 6);
    expectLeft(new StreamMap(), 0);
  });

  test("size_hint_without_upper", async () => {
    expectLeft(mapOf<number>(iter([1, 2]), fed<number>().stream), 2, Number.POSITIVE_INFINITY);
  });

  test("iter_keys", async () => {
    const map = new StreamMap<string, never>();
    for (const key of ["a", "b", "c"]) map.set(key, pending());
    expect(map.keys().sort()).toEqual(["a", "b", "c"]);
  });

  for (const name of ["iter_values", "iter_values_mut"]) {
    test(name, async () => {
      const map = mapOf(iter([1]), iter([1, 2]), iter([1, 2, 3]));
      expect(map.values().map(({ sizeHint }) => sizeHint[0])).toEqual([1, 2, 3]);
    });
  }

  test("clear", async () => {
    const map = mapOf(iter([1]), pending<number>());
    expect(await map.next()).toEqual([0, 1]);
    map.clear();
    expect([await map.next(), map.size]).toEqual([undefined, 0]);
  });

  test("contains_key_borrow", async () => {
    const map = new StreamMap<string, never>();
    map.set("foo", pending());
    expect(map.has("foo")).toBe(true);
  });

  test("one_ready_many_none", async () => {
    for (let round = 0; round < 100; round++) {
      const map = mapOf<number>(empty(), empty(), iter([5]), empty(), pending());
      expect(await map.next()).toEqual([2, 5]);
    }
  });

  /** Polls for many, by hand and by `nextMany`. */
  const forms = [
    [
      "poll_next_many",
      <T>(map: StreamMap<number, T>) =>
        (limit: number) =>
          pollFn((waker: Waker) => map.pollNextMany(waker, limit)),
    ],
    [
      "next_many",
      <T>(map: StreamMap<number, T>) =>
        (limit: number) =>
          map.nextMany(limit),
    ],
  ] as const;

  for (const [name, form] of forms) {
    test(`${name}_zero`, async () => {
      expect(await form(mapOf(pending()))(0)).toEqual([]);
    });

    test(`${name}_empty`, async () => {
      expect(await form(new StreamMap<number, number>())(1)).toEqual([]);
    });

    test(`${name}_pending`, async () => {
      expect(task(form(mapOf(pending(), pending()))(1)).poll()).toBe(PENDING);
    });

    test(`${name}_not_enough`, async () => {
      const map = mapOf<number>(iter([0]), iter([1]), pending());
      expect(items(await form(map)(3)).sort()).toEqual([0, 1]);
    });

    test(`${name}_enough`, async () => {
      const map = mapOf(iter([0]), iter([1]));
      expect(items(await form(map)(2)).sort()).toEqual([0, 1]);
    });

    test(`${name}_does_not_exceed_limit`, async () => {
      const map = mapOf(iter([0, 0]), iter([1, 1]));
      const ask = form(map);
      expect((await ask(3)).length).toBe(3);
      expect((await ask(3)).length).toBe(1);
    });

    test(`${name}_correctly_loops_around`, async () => {
      const map = mapOf(iter([0, 3, 6]), iter([1, 4]), iter([2, 5]));
      const found = items(await form(map)(7));
      const rounds = [found.slice(0, 3), found.slice(3, 6), found.slice(6)];
      expect(rounds.map((round) => round.sort())).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
    });
  }
});
