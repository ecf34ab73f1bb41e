/** tokio-test's `stream_mock.rs`. */
import { advance, assertPending, assertReadyEq, mockStream, task, testWith } from "tokiwa/test";
import { test as base, describe, expect } from "vitest";

const test = testWith(base);

describe("stream_mock", () => {
  test("test_stream_mock_empty", async () => {
    using stream = mockStream<number>().build();
    expect([await stream.next(), await stream.next()]).toEqual([undefined, undefined]);
  });

  test("test_stream_mock_items", async () => {
    using stream = mockStream<number>().next(1).next(2).build();
    const values = [await stream.next(), await stream.next(), await stream.next()];
    expect(values).toEqual([1, 2, undefined]);
  });

  test("test_stream_mock_wait", { startPaused: true }, async () => {
    using stream = mockStream<number>().next(1).wait(300).next(2).build();
    expect(await stream.next()).toBe(1);
    const waiting = task(stream.next());
    assertPending(waiting.poll());
    await advance(299);
    assertPending(waiting.poll());
    await advance(1);
    expect(waiting.isWoken).toBe(true);
    assertReadyEq<number | undefined>(task(stream.next()).poll(), 2);
    expect(await stream.next()).toBeUndefined();
  });

  test("test_stream_mock_drop_without_consuming_all", () => {
    const stream = mockStream<number>().next(1).build();
    expect(() => stream[Symbol.dispose]()).toThrow("1 of its values were not taken");
  });

  test("test_stream_mock_drop_during_panic_doesnt_mask_panic", () => {
    const fails = () => {
      using _stream = mockStream<number>().next(1).build();
      throw new Error("the panic");
    };
    expect(fails).toThrow(expect.objectContaining({ suppressed: new Error("the panic") }));
  });
});
