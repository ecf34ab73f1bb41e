/** What one sleeping task of a guest costs in memory, everything counted. */
import { onRuntime, WORKERS } from "../harness/guest.mjs";
import { collectGarbage, now, record } from "../harness/measure.mjs";
import { peer } from "../harness/peer.mjs";

const WARM = 2_000;
const SETTLE_MS = 300;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function resident() {
  collectGarbage();
  return process.memoryUsage().rss;
}

/** Polls so far: who sleeps has been polled once. */
function polls({ metrics }) {
  let sum = 0;
  for (let index = 0; index < metrics.workers; index++) sum += metrics.worker(index).pollCount;
  return sum;
}

const tokiwa = onRuntime("sleepers", WORKERS, async (spawn, { run }, { n }, runtime) => {
  const fallAsleep = async (count) => {
    const wanted = polls(runtime) + count + 1;
    await spawn(run, count);
    while (polls(runtime) < wanted) await pause(1);
    await pause(SETTLE_MS);
  };
  await fallAsleep(WARM);
  const before = resident();
  const from = now();
  await fallAsleep(n);
  const ms = now() - from - SETTLE_MS;
  return record({ n, ms, rssBytes: (resident() - before) / n });
});

export default {
  about: "one task asleep; memory is what the process grew by for each",
  cases: [
    {
      params: { n: 1_000_000 },
      quick: { n: 50_000 },
      bars: [
        { subject: "tokiwa", metric: "rss_bytes", atMost: 200 },
        { subject: "tokiwa", against: "tokio", metric: "rss_bytes" },
      ],
    },
  ],
  subjects: {
    tokiwa,
    tokio: peer("tokio", "sleepers", ({ n }) => ["--n", n]),
    go: peer("go", "sleepers", ({ n }) => ["--n", n, "--procs", 2]),
  },
};
