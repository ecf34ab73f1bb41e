/** A portable task that does nothing, with so many in flight and each result awaited. */
import { closedLoop } from "../harness/closed-loop.mjs";
import { piscina, rawMessages, rawRing } from "../peers/js/pools.mjs";

const WORKERS = 2;

async function tokiwa(params) {
  const { Runtime, spawn } = await import("tokiwa");
  const { increment } = await import("./portable-tasks.mjs");
  const runtime = await Runtime.create({ workerThreads: WORKERS });
  return runtime.run(() => closedLoop((x) => spawn(increment, x), params));
}

const pool = (make, needs) => ({
  needs,
  run: async (params) => closedLoop(await make(WORKERS), params),
});

const window = { seconds: 2 };
const quick = { seconds: 0.2 };
const speed = (against, atLeast) => ({ subject: "tokiwa", against, metric: "ops_per_s", atLeast });
const crowd = [
  speed("piscina", 10),
  speed("piscina-100", 5),
  speed("raw-messages"),
  speed("raw-ring"),
];

export default {
  about: "x => x + 1 on one of two workers and its result back; percentiles per call",
  cases: [
    {
      params: { inFlight: 1, ...window },
      quick,
      bars: [
        { subject: "tokiwa", against: "piscina", metric: "p50_us", atMost: 0.5 },
        { subject: "tokiwa", against: "raw-ring-spin", metric: "p50_us" },
      ],
    },
    { params: { inFlight: 100, ...window }, quick, bars: crowd },
    { params: { inFlight: 10_000, ...window }, quick, bars: crowd },
  ],
  subjects: {
    tokiwa: { run: tokiwa },
    piscina: pool((workers) => piscina(workers, {}), ["npm"]),
    "piscina-100": pool((workers) => piscina(workers, { concurrentTasksPerWorker: 100 }), ["npm"]),
    "raw-messages": pool(rawMessages),
    "raw-ring": pool(() => rawRing(0)),
    "raw-ring-spin": pool(() => rawRing(5000)),
  },
};
