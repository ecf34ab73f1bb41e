/**
 * Waking a parked worker from another one, one way. In each round the sleeper asks, parks for
 * `spinUs` while the other worker computes, and is then woken with a time stamp.
 */
import { MessageChannel, Worker } from "node:worker_threads";
import { record } from "../harness/measure.mjs";
import { peer } from "../harness/peer.mjs";

const WARM = 50;

function recordOf(latenciesUs, extra) {
  const kept = latenciesUs.slice(WARM);
  if (kept.length === 0)
    throw new Error("Cannot measure wakes: none crossed from worker to worker");
  const mean = kept.reduce((a, b) => a + b, 0) / kept.length;
  return record({ n: kept.length, nsPerOp: mean * 1000, samplesUs: kept, extra });
}

const tokiwa = (reactor) => ({
  env: { TOKIWA_REACTOR: reactor },
  async run({ rounds, spinUs }) {
    const { Runtime, spawn } = await import("tokiwa");
    const { sleeper } = await import("./wake-tasks.mjs");
    const runtime = await Runtime.create({ workerThreads: 2, lifoSlot: false });
    const latencies = await runtime.run(async () => await spawn(sleeper, rounds + WARM, spinUs));
    return recordOf(latencies, { crossed: latencies.length / (rounds + WARM) });
  },
});

/** Two plain workers, `how` they wake each other: see peers/js/wake-worker.mjs. */
const plain = (how) => ({
  async run({ rounds, spinUs }) {
    const { port1, port2 } = new MessageChannel();
    const words = new Int32Array(new SharedArrayBuffer(64));
    const stamps = new Float64Array(new SharedArrayBuffer(8));
    const file = new URL("../peers/js/wake-worker.mjs", import.meta.url);
    const workers = [port1, port2].map((port, i) => {
      const role = i === 0 ? "sleeper" : "waker";
      const workerData = { how, role, port, words, stamps, rounds: rounds + WARM, spinUs };
      return new Worker(file, { workerData, transferList: [port] });
    });
    const latencies = await new Promise((resolve, reject) => {
      for (const worker of workers) worker.on("error", reject);
      workers[0].on("message", resolve);
    });
    return recordOf(latencies);
  },
});

export default {
  about: "time from the waker's stamp to the first line that runs in the sleeper",
  cases: [
    {
      params: { rounds: 1_000, spinUs: 600 },
      quick: { rounds: 200 },
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
