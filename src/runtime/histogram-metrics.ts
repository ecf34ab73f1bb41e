/**
 * A histogram that every worker counts into, as it can be read.
 *
 * @module
 */

import type { Thread } from "../core/thread.ts";
import { checkWhole } from "../error/check.ts";
import type { BucketRange, Histogram } from "../worker/histogram.ts";

/** The live counters of a histogram. */
export class HistogramMetrics {
  /** What each bucket counts. */
  readonly buckets: readonly BucketRange[];
  readonly #thread: Thread;
  /** Where a worker's counters begin; 0 if it has none. */
  readonly #countersOf: (worker: number) => number;

  /** For `RuntimeMetrics`. */
  constructor(thread: Thread, shape: Histogram, countersOf: (worker: number) => number) {
    this.#thread = thread;
    this.#countersOf = countersOf;
    this.buckets = shape.buckets;
  }

  /**
   * The durations that a bucket counts.
   *
   * @throws {RangeError} If there is no such bucket.
   */
  range(bucket: number): BucketRange {
    checkWhole("read histogram", "bucket", bucket, 0, this.buckets.length - 1);
    return this.buckets[bucket] as BucketRange;
  }

  /**
   * What a worker has counted in a bucket.
   *
   * @throws {RangeError} If there is no such worker or bucket.
   */
  count(worker: number, bucket: number): number {
    this.range(bucket);
    const counters = this.#countersOf(worker);
    return counters === 0 ? 0 : (this.#thread.f64[(counters >> 3) + bucket] as number);
  }
}
