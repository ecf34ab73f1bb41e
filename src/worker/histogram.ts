/**
 * Histograms of how long something takes: which bucket a duration falls into.
 *
 * They stand here and not with the metrics that read them, because every worker counts by itself.
 * The counters are in the runtime's memory; this only knows their meaning.
 *
 * @module
 */

import {
  checkNumber,
  checkOptions,
  checkWhole,
  checkWord,
  optionNames,
  outOfRange,
} from "../error/check.ts";

/** Buckets of one width; the last one is open. */
export interface LinearHistogramConfig {
  readonly kind: "linear";
  /** Milliseconds, more than 0. 0.1 if left out. */
  readonly widthMs?: number;
  /** 10 if left out. */
  readonly buckets?: number;
}

/** Buckets that grow with the duration, so that the relative error stays below a bound. */
export interface LogHistogramConfig {
  readonly kind: "log";
  /**
   * The error is at most 2 to the power of minus this: 2 to 10. 2 if neither this nor
   * `maxError` is given.
   */
  readonly precision?: number;
  /** The greatest relative error wanted, from 0 to 1, instead of `precision`. */
  readonly maxError?: number;
  /** What is shorter is not told apart. 0.0001 if left out. */
  readonly minMs?: number;
  /** What is longer may fall into the last bucket. 60,000 if left out. */
  readonly maxMs?: number;
  /** Refuse to make more buckets than this. */
  readonly maxBuckets?: number;
}

/** Which buckets a histogram has. */
export type HistogramConfig = LinearHistogramConfig | LogHistogramConfig;

/** The durations that one bucket counts: from `fromMs`, up to but not including `toMs`. */
export interface BucketRange {
  readonly fromMs: number;
  /** Infinity for the last bucket. */
  readonly toMs: number;
}

/** Knows the buckets of a histogram. */
export interface Histogram {
  readonly bucketCount: number;
  /** The bucket that counts a duration of `ms` milliseconds. */
  bucketOf(ms: number): number;
  /** What a bucket counts. */
  range(bucket: number): BucketRange;
  /** What all of them count. */
  readonly buckets: readonly BucketRange[];
}

/** More cannot be meant: 4 bytes each, on every worker. */
const BUCKETS_MAX = 65_536;
const NS_PER_MS = 1e6;
/** Nanoseconds that a number still tells apart: 104 days, in powers of two. */
const MAX_LOG2_NS = 53;

const ACTION = "make histogram";
const LINEAR_NAMES = optionNames<LinearHistogramConfig>({ kind: 0, widthMs: 0, buckets: 0 });
const LOG_NAMES = optionNames<LogHistogramConfig>({
  kind: 0,
  precision: 0,
  maxError: 0,
  minMs: 0,
  maxMs: 0,
  maxBuckets: 0,
});

/**
 * Makes a histogram from its description.
 *
 * @throws {RangeError} If a figure is out of range, or the figures make too many buckets.
 * @throws {TypeError} If the description has a part that does not exist.
 */
export function makeHistogram(config: HistogramConfig): Histogram {
  checkWord(ACTION, "kind", config.kind, ["linear", "log"]);
  if (config.kind === "linear") return new LinearHistogram(config);
  return new LogHistogram(config);
}

/** What follows from the ranges, whatever their shape. */
abstract class Buckets implements Histogram {
  abstract readonly bucketCount: number;
  abstract bucketOf(ms: number): number;
  abstract range(bucket: number): BucketRange;

  get buckets(): readonly BucketRange[] {
    return Array.from({ length: this.bucketCount }, (_, bucket) => this.range(bucket));
  }
}

class LinearHistogram extends Buckets {
  readonly bucketCount: number;
  readonly #widthMs: number;

  constructor(config: LinearHistogramConfig) {
    super();
    const { widthMs = 0.1, buckets = 10 } = checkOptions(ACTION, config, LINEAR_NAMES);
    checkPositive("widthMs", widthMs);
    this.bucketCount = checkWhole(ACTION, "buckets", buckets, 1, BUCKETS_MAX);
    this.#widthMs = widthMs;
  }

  bucketOf(ms: number): number {
    return Math.max(0, Math.min(this.bucketCount - 1, Math.floor(ms / this.#widthMs)));
  }

  range(bucket: number): BucketRange {
    checkWhole("read histogram", "bucket", bucket, 0, this.bucketCount - 1);
    const last = bucket === this.bucketCount - 1;
    return { fromMs: bucket * this.#widthMs, toMs: last ? Infinity : (bucket + 1) * this.#widthMs };
  }
}

/**
 * An H2 histogram (https://iop.systems/blog/h2-histogram/) over whole nanoseconds: every power of
 * two is divided into 2^p buckets. As in Tokio, the first bucket takes in all below the least
 * duration of interest, and the last one all above the greatest.
 */
class LogHistogram extends Buckets {
  readonly bucketCount: number;
  readonly #precision: number;
  /** Buckets below this one are all counted in the first. */
  readonly #offset: number;

  constructor(config: LogHistogramConfig) {
    super();
    const given = checkOptions(ACTION, config, LOG_NAMES);
    const { minMs = 0.0001, maxMs = 60_000, maxBuckets = BUCKETS_MAX } = given;
    checkNumber(ACTION, "minMs", minMs, 0, Infinity);
    checkPositive("maxMs", maxMs);
    if (maxMs < minMs) throw outOfRange(ACTION, "maxMs", `minMs (${minMs}) or more`, maxMs);
    checkWhole(ACTION, "maxBuckets", maxBuckets, 1, BUCKETS_MAX);
    const precision = precisionOf(config);
    const log2 = Math.max(precision, ceilLog2(wholeNs(maxMs)));
    this.#precision = precision;
    this.#offset = Math.max(h2Index(wholeNs(minMs), precision), 1) - 1;
    this.bucketCount = (log2 - precision + 1) * 2 ** precision - this.#offset;
    if (this.bucketCount > maxBuckets) {
      throw new RangeError(
        `Cannot make histogram: it needs ${this.bucketCount} buckets, at most ${maxBuckets} wanted`,
      );
    }
  }

  bucketOf(ms: number): number {
    const index = h2Index(wholeNs(ms), this.#precision) - this.#offset;
    return Math.max(0, Math.min(this.bucketCount - 1, index));
  }

  range(bucket: number): BucketRange {
    checkWhole("read histogram", "bucket", bucket, 0, this.bucketCount - 1);
    const index = bucket + this.#offset;
    const last = bucket === this.bucketCount - 1;
    return {
      fromMs: bucket === 0 ? 0 : h2Start(index, this.#precision) / NS_PER_MS,
      toMs: last ? Infinity : h2Start(index + 1, this.#precision) / NS_PER_MS,
    };
  }
}

function precisionOf({ precision, maxError }: LogHistogramConfig): number {
  if (precision !== undefined) return checkWhole(ACTION, "precision", precision, 2, 10);
  if (maxError === undefined) return 2;
  checkNumber(ACTION, "maxError", maxError, 0, 1);
  let found = 2;
  while (2 ** -found > maxError && found < 10) found += 1;
  return found;
}

/** The bucket of an H2 histogram without ends: exact below 2^(p+1), then 2^p for every doubling. */
function h2Index(ns: number, precision: number): number {
  const highest = floorLog2(ns);
  if (highest <= precision) return ns;
  const width = highest - precision;
  return (width + 1) * 2 ** precision + Math.floor((ns - 2 ** highest) / 2 ** width);
}

/** The first value that {@linkcode h2Index} puts into `index`. */
function h2Start(index: number, precision: number): number {
  const perDoubling = 2 ** precision;
  if (index < perDoubling) return index;
  const width = Math.floor(index / perDoubling) - 1;
  return 2 ** (width + precision) + (index % perDoubling) * 2 ** width;
}

function wholeNs(ms: number): number {
  return Math.max(0, Math.min(2 ** MAX_LOG2_NS, Math.round(ms * NS_PER_MS)));
}

/** Exact, unlike `Math.log2`, which rounds up just below a power of two. */
function floorLog2(whole: number): number {
  if (whole < 1) return 0;
  const high = Math.floor(whole / 2 ** 32);
  return high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(whole);
}

function ceilLog2(whole: number): number {
  const floor = floorLog2(whole);
  return 2 ** floor < whole ? floor + 1 : floor;
}

function checkPositive(name: string, value: number): void {
  if (typeof value === "number" && value > 0 && value < Infinity) return;
  throw outOfRange(ACTION, name, "a number, more than 0", value);
}
