/**
 * Waking a parked worker from another one, one way. In each round the sleeper asks, computes for
 * `takeUs`, and parks; the other worker computes for `spinUs` and wakes it with a time stamp. The
 * first `warm` rounds are without computing, and not counted: code that runs for the first thousand
 * times is not compiled yet, in the runtime no less than in the bench.
 */
import { MessageChannel, Worker } from "node:worker_threads";
import { record } from "../harness/measure.mjs";
import { peer } from "../harness/peer.mjs";

function recordOf(latenciesUs, { rounds }) {
  const n = latenciesUs.length;
  if (n === 0) throw new Error("Cannot measure wakes: none crossed to a worker that was asleep");
  const mean = latenciesUs.reduce((a, b) => a + b, 0) / n;
  const extra = { counted: n / rounds };
  return record({ n, nsPerOp: mean * 1000, samplesUs: latenciesUs, extra });
}

const tokiwa = (reactor) => ({
  env: { TOKIWA_REACTOR: reactor },
  async run(params) {
    const { Runtime, spawn } = await import("tokiwa");
    const { sleeper } = await import("./wake-tasks.mjs");
    const runtime = await Runtime.create({ workerThreads: 2, lifoSlot: false });
    const latencies = await runtime.run(async () => await spawn(sleeper, params));
    return recordOf(latencies, params);
  },
});

/** Two plain workers, `how` they wake each other: see peers/js/wake-worker.mjs. */
const plain = (how) => ({
  async run(params) {
    const { port1, port2 } = new MessageChannel();
    const words = new Int32Array(new SharedArrayBuffer(64));
    const stamps = new Float64Array(new SharedArrayBuffer(8));
    const file = new URL("../peers/js/wake-worker.mjs", import.meta.url);
    const workers = [port1, port2].map((port, i) => {
      const role = i === 0 ? "sleeper" : "waker";
      const workerData = { how, role, port, words, stamps, ...params };
      return new Worker(file, { workerData, transferList: [port] });
    });
    const latencies = await new Promise((resolve, reject) => {
      for (const worker of workers) worker.on("error", reject);
      workers[0].on("message", resolve);
    });
    return recordOf(latencies, params);
  },
});

export default {
  about: "time from the waker's stamp to the first line that runs in the sleeper",
  cases: [
    {
      params: { warm: 10_000, rounds: 1_000, takeUs: 200, spinUs: 600 },
      quick: { warm: 500, rounds: 200 },
      bars: [
        {
          subject: "tokiwa-linux",
          against: "message-port",
          metric: "p50_us",
          atMost: 1,
          note: "target 0.5",
        },
        {
          subject: "tokiwa-std",
          against: "message-port",
          metric: "p50_us",
          atMost: 1,
          note: "target 0.5",
        },
        { subject: "tokiwa-linux", against: "futex", metric: "p50_us" },
      ],
    },
  ],
  subjects: {
    "tokiwa-linux": tokiwa("linux"),
    "tokiwa-std": tokiwa("std"),
    "message-port": plain("port"),
    futex: plain("futex"),
    tokio: peer("tokio", "wake", ({ rounds }) => ["--mode", "cross", "--n", rounds]),
    "os-thread": peer("tokio", "os_wake", ({ rounds }) => ["--n", rounds]),
  },
};
