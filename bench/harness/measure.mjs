/** Clocks, statistics and the record that a subject hands back. */

export const now = () => performance.now();

/** Nanoseconds on a clock that all threads of the machine share. */
export const clockNs = () => Number(process.hrtime.bigint());

/** Keeps this thread busy, as a task that computes would. */
export function spinFor(us) {
  const end = clockNs() + us * 1000;
  while (clockNs() < end);
}

/** How long a thread must have waited before its waker's stamp to count as asleep. */
const ASLEEP_NS = 100_000;

/**
 * Latencies (µs) of a sleeper's wakes. Where both threads shared a core, the stamp may be older
 * than the sleep: such rounds measure no wake, and are left out.
 */
export class Wakes {
  latencies = [];
  #asleepFrom = 0;

  /** The last line before the sleep. */
  sleep() {
    this.#asleepFrom = clockNs();
  }

  /** The first line after it. */
  wake(stamp) {
    const woken = clockNs();
    if (stamp - this.#asleepFrom > ASLEEP_NS) this.latencies.push((woken - stamp) / 1000);
  }
}

export function percentile(sorted, q) {
  return sorted.length ? sorted[Math.round((sorted.length - 1) * q)] : null;
}

export function median(values) {
  const sorted = values.filter((v) => Number.isFinite(v)).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The same numbers from 0 to 1 for every subject (a linear congruential generator). */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 4294967296;
  };
}

/**
 * What one round of one subject found. `samplesUs` (sorted here) gives the percentiles; `extra`
 * is for figures of one workload only, such as CPU time.
 */
export function record({ n, ms, nsPerOp = (ms * 1e6) / n, samplesUs = [], rssBytes, extra = {} }) {
  const sorted = Float64Array.from(samplesUs).sort();
  return {
    n,
    ns_per_op: nsPerOp,
    ops_per_s: nsPerOp > 0 ? 1e9 / nsPerOp : null,
    p50_us: percentile(sorted, 0.5),
    p99_us: percentile(sorted, 0.99),
    // A page does not learn how much memory it has.
    rss_bytes: rssBytes ?? globalThis.process?.memoryUsage().rss ?? null,
    extra,
  };
}

/** Runs `body(n)` after a tenth of it as warm-up; the record of the full run. */
export async function timed(n, body) {
  await body(Math.ceil(n / 10));
  const start = now();
  await body(n);
  return record({ n, ms: now() - start });
}

/** Stops a subject whose answer is wrong: a fast wrong answer is no figure. */
export function expect(found, wanted, what) {
  if (found !== wanted) throw new Error(`Cannot trust ${what}: expected ${wanted}, got ${found}`);
}

export function collectGarbage() {
  globalThis.gc?.();
  globalThis.gc?.();
}
