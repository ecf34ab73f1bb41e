import { describe, expect, test } from "vitest";
import { type Histogram, type HistogramConfig, makeHistogram } from "../../src/worker/histogram.ts";

const ns = (count: number) => count / 1e6;

/** What must hold of every histogram: its buckets cover all durations, once. */
function expectSound(histogram: Histogram): void {
  let end = 0;
  for (let bucket = 0; bucket < histogram.bucketCount; bucket++) {
    const { fromMs, toMs } = histogram.range(bucket);
    expect(fromMs).toBe(end);
    expect(toMs).toBeGreaterThan(fromMs);
    expect(histogram.bucketOf(fromMs)).toBe(bucket);
    if (toMs !== Infinity) expect(histogram.bucketOf(toMs - ns(1))).toBe(bucket);
    end = toMs;
  }
  expect(end).toBe(Infinity);
  expect(histogram.buckets).toHaveLength(histogram.bucketCount);
  expect(histogram.buckets[0]).toEqual(histogram.range(0));
  expect(histogram.bucketOf(1e12)).toBe(histogram.bucketCount - 1);
}

describe("a log histogram", () => {
  test("has 119 buckets by default, as Tokio's", () => {
    const histogram = makeHistogram({ kind: "log" });
    expect(histogram.bucketCount).toBe(119);
    expectSound(histogram);
    // 100 ns lies between 96 and 112; the first bucket is all below 96.
    expect(histogram.range(0)).toEqual({ fromMs: 0, toMs: ns(96) });
    expect(histogram.range(1)).toEqual({ fromMs: ns(96), toMs: ns(112) });
    expect(histogram.range(118)).toEqual({ fromMs: ns(7 * 2 ** 33), toMs: Infinity });
  });

  test("keeps its error below 2^-p", () => {
    for (const precision of [2, 3, 5, 8]) {
      const histogram = makeHistogram({ kind: "log", precision, minMs: 0.001, maxMs: 100 });
      expectSound(histogram);
      for (let bucket = 1; bucket < histogram.bucketCount - 1; bucket++) {
        const { fromMs, toMs } = histogram.range(bucket);
        expect((toMs - fromMs) / 2 / fromMs).toBeLessThanOrEqual(2 ** -precision);
      }
    }
  });

  test("is exact for the first 2^(p+1) nanoseconds", () => {
    const histogram = makeHistogram({ kind: "log", precision: 2, minMs: 0 });
    for (let value = 0; value < 8; value++) expect(histogram.bucketOf(ns(value))).toBe(value);
    expect(histogram.bucketOf(ns(8))).toBe(8);
    expect(histogram.bucketOf(ns(9))).toBe(8);
    expect(histogram.bucketOf(ns(10))).toBe(9);
  });

  test("counts known values where Tokio does", () => {
    const histogram = makeHistogram({ kind: "log", precision: 9, minMs: 0, maxMs: 1000 });
    const known = [
      [1, 1],
      [1023, 1023],
      [1024, 1024],
      [2048, 1536],
      [2052, 1537],
    ] as const;
    for (const [value, bucket] of known) expect(histogram.bucketOf(ns(value))).toBe(bucket);
  });

  test("takes the least precision that keeps maxError", () => {
    const count = (config: Omit<HistogramConfig & { kind: "log" }, "kind">) =>
      makeHistogram({ kind: "log", ...config }).bucketCount;
    expect(count({ maxError: 0.5 })).toBe(count({ precision: 2 }));
    expect(count({ maxError: 0.25 })).toBe(count({ precision: 2 }));
    expect(count({ maxError: 0.2 })).toBe(count({ precision: 3 }));
    expect(count({ maxError: 0 })).toBe(count({ precision: 10 }));
  });

  test("refuses figures out of range", () => {
    const making = (config: object) =>
      expect(() => makeHistogram({ kind: "log", ...config } as HistogramConfig));
    making({ precision: 11 }).toThrow("precision must be a whole number from 2 to 10, got 11");
    making({ maxError: 2 }).toThrow("maxError must be a number, from 0 to 1, got 2");
    making({ maxMs: 0 }).toThrow("maxMs must be a number, more than 0");
    making({ minMs: 5, maxMs: 4 }).toThrow("maxMs must be minMs (5) or more, got 4");
    making({ maxBuckets: Number.NaN }).toThrow("maxBuckets must be a whole number");
    making({ minMs: -1 }).toThrow("minMs must be a number, 0 or more");
    making({ maxBuckets: 118 }).toThrow("it needs 119 buckets, at most 118 wanted");
    expect(() => makeHistogram({ kind: "round" } as never)).toThrow('must be "linear" or "log"');
  });
});

describe("a linear histogram", () => {
  test("has ten buckets of 100 µs by default", () => {
    const histogram = makeHistogram({ kind: "linear" });
    expect(histogram.bucketCount).toBe(10);
    expect(histogram.range(9)).toEqual({ fromMs: 0.9, toMs: Infinity });
    expect(histogram.bucketOf(0.05)).toBe(0);
    expect(histogram.bucketOf(0.15)).toBe(1);
    expect(histogram.bucketOf(-1)).toBe(0);
  });

  test("covers all durations", () => {
    expectSound(makeHistogram({ kind: "linear", widthMs: 2, buckets: 7 }));
    expectSound(makeHistogram({ kind: "linear", widthMs: 2, buckets: 1 }));
  });

  test("refuses figures out of range", () => {
    expect(() => makeHistogram({ kind: "linear", widthMs: 0 })).toThrow(
      "widthMs must be a number, more",
    );
    expect(() => makeHistogram({ kind: "linear", buckets: 0.5 })).toThrow(
      "buckets must be a whole",
    );
    expect(() => makeHistogram({ kind: "linear" }).range(10)).toThrow("bucket must be a whole");
  });
});
