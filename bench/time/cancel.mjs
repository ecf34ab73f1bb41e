/** A million timers, all armed, then all dropped before they are due. */
import { collectGarbage, median, now, record, seededRandom } from "../harness/measure.mjs";
import { peer } from "../harness/peer.mjs";

/** 1 to 60 seconds, to the millisecond: the same for every subject. */
function farDelays(n) {
  const random = seededRandom(7);
  return Array.from({ length: n }, () => 1_000 + Math.floor(random() * 59_000));
}

/** Arms and drops all of them twice (a tenth first, as warm-up); the time is arming + dropping. */
async function measured(n, arm, drop) {
  const all = farDelays(n);
  const armMs = [];
  const dropMs = [];
  for (const delays of [all.slice(0, n / 10), all, all]) {
    collectGarbage();
    const start = now();
    const timers = await arm(delays);
    const armed = now();
    await drop(timers);
    armMs.push(armed - start);
    dropMs.push(now() - armed);
  }
  const [armed, dropped] = [median(armMs.slice(1)), median(dropMs.slice(1))];
  return record({
    n,
    ms: armed + dropped,
    extra: { arm_ns: (armed * 1e6) / n, drop_ns: (dropped * 1e6) / n },
  });
}

const tokiwa = {
  async run({ n }) {
    const { Runtime, sleep } = await import("tokiwa");
    const runtime = await Runtime.create({ flavor: "currentThread" });
    const arm = (delays) => {
      const sleeps = new Array(delays.length);
      for (let i = 0; i < delays.length; i++) {
        sleeps[i] = sleep(delays[i]);
        sleeps[i].arm();
      }
      return sleeps;
    };
    const drop = (sleeps) => {
      for (const one of sleeps) one[Symbol.dispose]();
    };
    return runtime.run(() => measured(n, arm, drop));
  },
};

const nothing = () => {};

const timeouts = {
  run: ({ n }) =>
    measured(
      n,
      (delays) => delays.map((ms) => setTimeout(nothing, ms)),
      (timers) => {
        for (const timer of timers) clearTimeout(timer);
      },
    ),
};

const effect = {
  needs: ["npm"],
  async run({ n }) {
    const { sleepers, interrupt } = await import("../peers/js/effect.mjs");
    return measured(n / 5, sleepers, interrupt); // A fifth: the cost per fiber is what counts.
  },
};

export default {
  about: "arm a timer and drop it again; each of 59,000 different delays",
  cases: [
    {
      params: { n: 1_000_000 },
      quick: { n: 50_000 },
      bars: [
        { subject: "tokiwa", against: "setTimeout", metric: "ops_per_s", atLeast: 3 },
        { subject: "tokiwa", against: "tokio-ct", metric: "ns_per_op" },
      ],
    },
  ],
  subjects: {
    tokiwa,
    setTimeout: timeouts,
    effect,
    "tokio-ct": peer("tokio", "timers_cancel", ({ n }) => ["--n", n, "--rt", "ct"]),
    go: peer("go", "timers_cancel", ({ n }) => ["--n", n, "--procs", 1]),
  },
};
