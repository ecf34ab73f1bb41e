/** tokio-stream's `stream_fused.rs`: `is_terminated` is `isTerminated`. */
import { oneshot } from "tokiwa";
import { iter, type Stream } from "tokiwa/stream";
import { describe, expect } from "vitest";
import { fed, polled, test } from "./streams.ts";

type Operator = (inner: Stream<number>) => Stream<number>;

/** Terminated once the inner stream is known to have ended, and not before. */
function endsWithInner(name: string, operator: Operator): void {
  test(`${name}_not_terminated_before_done`, async () => {
    const stream = operator(iter([1, 2, 3]));
    expect(stream.isTerminated).toBe(false);
    await stream.next();
    expect(stream.isTerminated).toBe(false);
  });

  test(`${name}_terminated_after_inner_done`, async () => {
    const stream = operator(iter([1, 2, 3]));
    await stream.collect();
    expect(stream.isTerminated).toBe(true);
  });
}

describe("stream_fused", () => {
  endsWithInner("map", (inner) => inner.map((number) => number));
  endsWithInner("filter", (inner) => inner.filter(() => true));
  endsWithInner("filter_map", (inner) => inner.filterMap((number) => number));
  endsWithInner("skip", (inner) => inner.skip(1));
  endsWithInner("skip_while", (inner) => inner.skipWhile((number) => number < 2));

  test("take_not_terminated_before_limit", async () => {
    const stream = iter([1, 2, 3]).take(2);
    await stream.next();
    expect(stream.isTerminated).toBe(false);
  });

  test("take_terminated_when_remaining_zero", async () => {
    const stream = iter([1, 2, 3]).take(2);
    await stream.next();
    await stream.next();
    expect(stream.isTerminated).toBe(true);
  });

  test("take_zero_is_immediately_terminated", async () => {
    expect(iter([1]).take(0).isTerminated).toBe(true);
  });

  test("take_while_not_terminated_before_predicate_fails", async () => {
    const stream = iter([1, 2, 3]).takeWhile((number) => number < 3);
    await stream.next();
    await stream.next();
    expect(stream.isTerminated).toBe(false);
  });

  test("take_while_terminated_after_predicate_fails", async () => {
    const stream = iter([1, 2, 3]).takeWhile((number) => number < 2);
    await stream.next();
    await stream.next();
    expect(stream.isTerminated).toBe(true);
  });

  const below2 = (number: number) => (number < 2 ? number : undefined);

  test("map_while_not_terminated_before_closure_returns_none", async () => {
    const stream = iter([1, 2, 3]).mapWhile(below2);
    await stream.next();
    expect(stream.isTerminated).toBe(false);
  });

  test("map_while_terminated_after_closure_returns_none", async () => {
    const stream = iter([1, 2, 3]).mapWhile(below2);
    await stream.next();
    await stream.next();
    expect(stream.isTerminated).toBe(true);
  });

  test("then_not_terminated_before_done", async () => {
    const { sender, receiver } = oneshot.channel<number>();
    const stream = iter([1]).mapAsync(() => receiver.recv());
    const waiting = polled(stream);
    waiting.poll();
    expect(stream.isTerminated).toBe(false);
    sender.send(5);
    expect(waiting.poll()).toBe(5);
    expect(stream.isTerminated).toBe(false);
  });

  test("then_terminated_after_inner_done_and_no_pending_future", async () => {
    const stream = iter([1]).mapAsync(async (number) => number);
    await stream.collect();
    expect(stream.isTerminated).toBe(true);
  });

  test("chain_not_terminated_while_either_has_items", async () => {
    const stream = iter([1]).chain(iter([2]));
    await stream.next();
    expect(stream.isTerminated).toBe(false);
    await stream.next();
    expect(stream.isTerminated).toBe(false);
  });

  test("chain_terminated_only_after_both_done", async () => {
    const stream = iter([1]).chain(iter([2]));
    await stream.collect();
    expect(stream.isTerminated).toBe(true);
  });

  test("merge_terminated_only_after_both_done", async () => {
    const { sender, stream } = fed<number>();
    const merged = iter([1]).merge(stream.fuse());
    const waiting = polled(merged);
    waiting.poll();
    waiting.poll();
    expect(merged.isTerminated).toBe(false);
    sender[Symbol.dispose]();
    waiting.poll();
    expect(merged.isTerminated).toBe(true);
  });
});
