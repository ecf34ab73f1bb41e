/** A server whose handler computes for 50 µs per request: does a second worker help? */
import { fileURLToPath } from "node:url";
import { server } from "../harness/server.mjs";
import { burn } from "./burn.mjs";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const node = (file) => [process.execPath, "--no-warnings", at(file)];
const BURN_US = 50;

/** How many iterations of `burn` take 50 µs here: a fixed amount of work, equal for all rounds. */
function calibrate() {
  const iterations = 200_000;
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    burn(iterations);
    best = Math.min(best, performance.now() - start);
  }
  return { burn: Math.round((iterations * BURN_US) / (best * 1000)) };
}

const ownServer = (reactor, workers) => ({
  ...server({ command: () => [...node("cpu-server.mjs")], env: { TOKIWA_REACTOR: reactor } }),
  workers,
});

/** The server reads how much to burn and with how many workers from its environment. */
function configured(subject) {
  return {
    ...subject,
    run(params) {
      process.env.BENCH_BURN = String(params.burn);
      process.env.BENCH_WORKERS = String(subject.workers);
      return subject.run(params);
    },
  };
}

const speed = (subject, against, atLeast) => ({ subject, against, metric: "ops_per_s", atLeast });

export default {
  about: "one round trip of 32 bytes whose handler computes for about 50 µs (`burn` iterations)",
  prepare: calibrate,
  cases: [
    {
      params: { conns: 64, size: 32, seconds: 2, depth: 1 },
      quick: { seconds: 0.4 },
      bars: [
        speed("tokiwa-linux-2", "tokiwa-linux-1", 1.6),
        speed("tokiwa-std-2", "tokiwa-std-1"),
        speed("tokiwa-linux-1", "node-net"),
      ],
    },
  ],
  subjects: {
    "tokiwa-linux-1": configured(ownServer("linux", 1)),
    "tokiwa-linux-2": configured(ownServer("linux", 2)),
    "tokiwa-std-1": configured(ownServer("std", 1)),
    "tokiwa-std-2": configured(ownServer("std", 2)),
    "node-net": configured({
      ...server({ command: () => node("../peers/js/node-burn.mjs") }),
      workers: 1,
    }),
  },
};
