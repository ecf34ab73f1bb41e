/** Callers that ask again once they are answered. */
import { expect, now, record } from "./measure.mjs";

const MAX_SAMPLES = 2_000_000;

/**
 * A closed loop: `inFlight` callers, each of which awaits its result before it asks again. What
 * finishes after the warm-up counts. `call(x)` gives x + 1.
 */
export async function closedLoop(call, { inFlight, seconds }) {
  expect(await call(41), 42, "the pool");
  const samplesUs = [];
  const warmUntil = now() + seconds * 300;
  const until = warmUntil + seconds * 1000;
  let n = 0;
  let last = warmUntil;
  async function caller(seed) {
    for (let i = seed; ; i++) {
      const asked = now();
      if (asked >= until) return;
      expect(await call(i), i + 1, "the pool");
      const answered = now();
      if (answered < warmUntil) continue;
      n++;
      last = answered;
      if (samplesUs.length < MAX_SAMPLES) samplesUs.push((answered - asked) * 1000);
    }
  }
  const cpu = globalThis.process?.cpuUsage();
  const start = now();
  await Promise.all(Array.from({ length: inFlight }, (_, i) => caller(i)));
  const share = (last - warmUntil) / (last - start);
  const extra = cpu === undefined ? {} : { cpu_us_per_op: cpuUsSince(cpu, share / n) };
  return record({ n, ms: last - warmUntil, samplesUs, extra });
}

function cpuUsSince(cpu, share) {
  const { user, system } = process.cpuUsage(cpu);
  return Number(((user + system) * share).toFixed(3));
}
