/** tokio-stream's `stream_accessors.rs`: the inner stream is the one whose method was called. */
import { iter, type Stream } from "tokiwa/stream";
import { describe, expect } from "vitest";
import { test } from "./streams.ts";

/** After one item of what `operator` makes of 1, 2, 3, 4, the inner stream goes on with `next`. */
function goesOn(name: string, operator: (inner: Stream<number>) => Stream<number>, next: number) {
  test(`${name}_accessors`, async () => {
    const inner = iter([1, 2, 3, 4]);
    await operator(inner).next();
    expect(await inner.next()).toBe(next);
  });
}

describe("stream_accessors", () => {
  goesOn("map", (inner) => inner.map((number) => number * 2), 2);
  goesOn("take", (inner) => inner.take(1), 2);
  goesOn("skip", (inner) => inner.skip(1), 3);
  goesOn("filter", (inner) => inner.filter((number) => number > 1), 3);
  goesOn("filter_map", (inner) => inner.filterMap((number) => number), 2);
  goesOn("map_while", (inner) => inner.mapWhile((number) => number), 2);
  goesOn("take_while", (inner) => inner.takeWhile(() => true), 2);
  goesOn("skip_while", (inner) => inner.skipWhile((number) => number < 2), 3);
  goesOn("then", (inner) => inner.mapAsync(async (number) => number), 2);

  test("get_mut_can_mutate_inner", async () => {
    const inner = iter([1, 2, 3]);
    const doubled = inner.map((number) => number * 2);
    expect(await inner.next()).toBe(1);
    expect(await doubled.next()).toBe(4);
  });
});
