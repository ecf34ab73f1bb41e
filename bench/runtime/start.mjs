/**
 * From nothing to a runtime in which work was stolen: two workers start, one of them runs a task
 * that spawns two more and keeps its thread busy, and the other one runs one of these.
 */
import { Worker } from "node:worker_threads";
import { median, now, record } from "../harness/measure.mjs";

/** Median over `rounds`, each from scratch in the same process. */
async function starts(rounds, start) {
  const samples = [];
  for (let round = 0; round < rounds; round++) {
    const begin = now();
    const end = await start();
    samples.push((now() - begin) * 1000);
    await end();
  }
  return record({ n: rounds, nsPerOp: median(samples) * 1000, samplesUs: samples });
}

/** Plain workers: each says that it is there. */
const plain = (count) => ({
  run: ({ rounds }) =>
    starts(rounds, async () => {
      const file = new URL("../peers/js/start-worker.mjs", import.meta.url);
      const workers = Array.from({ length: count }, () => new Worker(file));
      await Promise.all(workers.map((one) => new Promise((done) => one.once("message", done))));
      return () => Promise.all(workers.map((one) => one.terminate()));
    }),
});

const tokiwa = {
  async run({ rounds }) {
    const { Runtime } = await import("tokiwa");
    const { untilStolen } = await import("./start-tasks.mjs");
    return starts(rounds, async () => {
      const runtime = await Runtime.create({ workerThreads: 2 });
      const [own, thief] = await runtime.spawn(untilStolen);
      if (own === thief) throw new Error(`Cannot measure start: worker ${own} ran all by itself`);
      return () => runtime.shutdown();
    });
  },
};

export default {
  about: "start of two workers until the first stolen task has run",
  cases: [
    {
      params: { rounds: 15 },
      quick: { rounds: 3 },
      bars: [
        { subject: "tokiwa", against: "worker", metric: "ns_per_op", atMost: 2 },
        { subject: "tokiwa", against: "two-workers", metric: "ns_per_op" },
      ],
    },
  ],
  subjects: { tokiwa, worker: plain(1), "two-workers": plain(2) },
};
