/** A task of a guest that wakes another one on a worker that sleeps. */
import { atMost, onRuntime, part, WORKERS } from "../harness/guest.mjs";
import { record } from "../harness/measure.mjs";
import { peer } from "../harness/peer.mjs";

const tokiwa = onRuntime("wake", WORKERS, async (spawn, { run }, { n, gapMs, busyMs }) => {
  await spawn(run, part(n, 0.1), gapMs, busyMs);
  const all = [...new Float64Array(await spawn(run, n, gapMs, busyMs))];
  const latencies = all.filter((latencyMs) => latencyMs < busyMs);
  const meanMs = latencies.reduce((a, b) => a + b, 0) / latencies.length;
  const samplesUs = latencies.map((latencyMs) => latencyMs * 1000);
  const extra = { ran_on_another_thread: latencies.length / n };
  return record({ n, nsPerOp: meanMs * 1e6, samplesUs, extra });
});

export default {
  about: "from a send to the receiver's first step on another worker, which was asleep",
  cases: [
    {
      params: { n: 2_000, gapMs: 1, busyMs: 2 },
      quick: { n: 200 },
      bars: [atMost(1.5, "tokio", "p50_us")],
    },
  ],
  subjects: {
    tokiwa,
    tokio: peer("tokio", "wake", ({ n, gapMs }) => [
      ...["--mode", "cross", "--n", n],
      ...["--gap-us", gapMs * 1000],
    ]),
  },
};
