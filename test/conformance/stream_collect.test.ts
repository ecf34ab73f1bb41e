/** tokio-stream's `stream_collect.rs`. What is not a list is made of one. */
import { iter, once, pollFn } from "tokiwa/stream";
import { assertPending, task } from "tokiwa/test";
import { describe, expect } from "vitest";
import { fed, test } from "./streams.ts";

/** What is collected of two items, once the stream has ended. */
async function collected<T>(first: T, second: T): Promise<T[]> {
  const { sender, stream } = fed<T>();
  const collecting = task(stream.collect());
  assertPending(collecting.poll());
  sender.send(first);
  expect(collecting.isWoken).toBe(true);
  assertPending(collecting.poll());
  sender.send(second);
  assertPending(collecting.poll());
  sender[Symbol.dispose]();
  expect(collecting.isWoken).toBe(true);
  return collecting.poll() as T[];
}

describe("stream_collect", () => {
  test("empty_unit", async () => {
    expect(await iter([1, 2]).fold(undefined, () => undefined)).toBeUndefined();
  });

  test("empty_vec", async () => {
    expect(await iter([]).collect()).toEqual([]);
  });

  test("empty_string", async () => {
    expect((await iter<string>([]).collect()).join("")).toBe("");
  });

  test("collect_vec_items", async () => {
    expect(await collected(1, 2)).toEqual([1, 2]);
  });

  test("collect_hashset_items", async () => {
    expect(new Set(await collected(1, 1))).toEqual(new Set([1]));
  });

  test("collect_hashmap_items", async () => {
    const entries = await collected<[string, number]>(["a", 1], ["b", 2]);
    expect(new Map(entries)).toEqual(
      new Map([
        ["a", 1],
        ["b", 2],
      ]),
    );
  });

  test("collect_str_items", async () => {
    expect((await collected("hello ", "world")).join("")).toBe("hello world");
  });

  test("collect_results_ok", async () => {
    expect(await once("ok").collect()).toEqual(["ok"]);
  });

  test("collect_results_err", async () => {
    let asked = 0;
    const failing = pollFn(() => {
      asked += 1;
      if (asked === 2) throw new Error("second");
      return asked;
    });
    await expect(failing.collect()).rejects.toThrow("second");
    expect(asked).toBe(2);
  });
});
