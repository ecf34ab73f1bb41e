/** tokio-stream's `stream_timeout.rs`. */
import { ElapsedError, sleep } from "tokiwa";
import { END, iter } from "tokiwa/stream";
import { advance, assertPending, assertReadyErr } from "tokiwa/test";
import { describe, expect } from "vitest";
import { polled, test } from "./streams.ts";

/** Takes its time for the second and third item. */
const slow = (secondMs: number) =>
  iter([1, 2, 3, 4]).mapAsync(function* (number) {
    if (number === 2) yield* sleep(secondMs);
    if (number === 3) yield* sleep(1000);
    return number;
  });

describe("stream_timeout", () => {
  test("basic_usage", { startPaused: true }, async () => {
    const waiting = polled(slow(100).timeout(200));
    expect(waiting.poll()).toBe(1);
    assertPending(waiting.poll());
    await advance(200);
    expect(waiting.poll()).toBe(2);
    assertPending(waiting.poll());
    await advance(200);
    expect(assertReadyErr(() => waiting.poll())).toBeInstanceOf(ElapsedError);
    assertPending(waiting.poll());
    await advance(800);
    expect([waiting.poll(), waiting.poll(), waiting.poll()]).toEqual([3, 4, END]);
  });

  test("return_elapsed_errors_only_once", { startPaused: true }, async () => {
    const waiting = polled(slow(0).skip(1).timeout(50));
    assertPending(waiting.poll());
    await advance(1);
    expect(waiting.poll()).toBe(2);
    assertPending(waiting.poll());
    await advance(50);
    expect(assertReadyErr(() => waiting.poll())).toBeInstanceOf(ElapsedError);
    assertPending(waiting.poll());
    await advance(500);
    assertPending(waiting.poll());
    await advance(450);
    expect([waiting.poll(), waiting.poll(), waiting.poll()]).toEqual([3, 4, END]);
  });

  test("no_timeouts", { startPaused: true }, async () => {
    const waiting = polled(iter([1, 3, 4]).timeout(1));
    expect([waiting.poll(), waiting.poll(), waiting.poll()]).toEqual([1, 3, 4]);
    expect(waiting.poll()).toBe(END);
  });
});
