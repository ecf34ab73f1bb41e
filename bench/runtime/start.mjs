/**
 * From nothing to a runtime in which work was stolen: two workers start, one of them runs a task
 * that spawns two more and keeps its thread busy, and the other one runs one of these.
 */
import { Worker } from "node:worker_threads";
import { inPage } from "../harness/page.mjs";
import { starts } from "./start-rounds.mjs";

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
  // Loaded here: plain workers are measured in a process without.
  run: async (params) => (await import("./start-subjects.mjs")).tokiwa(params),
};

const chromium = (name) => inPage("/bench/runtime/start-subjects.mjs", name);

const barsOf = (subject, one, two) => [
  { subject, against: one, metric: "ns_per_op", atMost: 2 },
  { subject, against: two, metric: "ns_per_op" },
];

export default {
  about: "start of two workers until the first stolen task has run",
  cases: [
    {
      params: { rounds: 15 },
      quick: { rounds: 3 },
      bars: [
        ...barsOf("tokiwa", "worker", "two-workers"),
        ...barsOf("chromium", "chromium-worker", "chromium-two-workers"),
      ],
    },
  ],
  subjects: {
    tokiwa,
    worker: plain(1),
    "two-workers": plain(2),
    chromium: chromium("tokiwa"),
    "chromium-worker": chromium("webWorker"),
    "chromium-two-workers": chromium("twoWebWorkers"),
  },
};
