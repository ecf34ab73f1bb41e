/** Sleeps of guests' tasks, spread over one second: how late they end. */
import { atMost, onRuntime, part, WORKERS } from "../harness/guest.mjs";
import { record } from "../harness/measure.mjs";
import { peer } from "../harness/peer.mjs";

const tokiwa = onRuntime("timers", WORKERS, async (spawn, { run }, { n }) => {
  await spawn(run, part(n, 0.05));
  const cpu = process.cpuUsage();
  const [ms, spawnedMs, ...lateMs] = new Float64Array(await spawn(run, n));
  const { user, system } = process.cpuUsage(cpu);
  return record({
    n,
    ms,
    samplesUs: lateMs.map((late) => late * 1000),
    extra: {
      spawned_at_ms: spawnedMs,
      early: lateMs.filter((late) => late < 0).length,
      cpu_ns_per_timer: ((user + system) * 1000) / n,
    },
  });
});

export default {
  about: "one task that sleeps 1 to 1,000 ms; percentiles are lateness, `early` must be 0",
  cases: [
    {
      params: { n: 1_000_000 },
      quick: { n: 50_000 },
      bars: [
        { subject: "tokiwa", metric: "extra.early", atMost: 0, note: "never early" },
        atMost(0.5, "tokio", "p50_us"),
        atMost(0.5, "tokio", "p99_us"),
      ],
    },
  ],
  subjects: {
    tokiwa,
    tokio: peer("tokio", "timers_fire", ({ n }) => ["--n", n]),
  },
};
