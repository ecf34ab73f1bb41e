/** Timers spread over one second, all of which fire: how late, and at what cost. */
import { collectGarbage, now, record, seededRandom } from "../harness/measure.mjs";
import { peer } from "../harness/peer.mjs";

/** Due within the second that begins `firstMs` from now, so that arming disturbs no firing. */
function delaysOf(n, firstMs) {
  const random = seededRandom(777);
  return Array.from({ length: n }, () => firstMs + Math.floor(random() * 1_000));
}

/** `start(delays, arm, fired)` has every timer call fired(i, due) at its end, due = arm(i). */
async function measured({ n, firstMs }, start) {
  await run(delaysOf(n / 20, 1), start);
  collectGarbage();
  const cpu = process.cpuUsage();
  const { ms, lateMs } = await run(delaysOf(n, firstMs), start);
  const { user, system } = process.cpuUsage(cpu);
  const cpuMs = (user + system) / 1000;
  return record({
    n,
    ms,
    samplesUs: lateMs.map((late) => late * 1000),
    extra: {
      early: lateMs.filter((late) => late < 0).length,
      never: lateMs.filter((late) => Number.isNaN(late)).length,
      early_max_ms: lateMs.reduce((a, b) => Math.max(a, -b), 0),
      late_max_ms: lateMs.reduce((a, b) => Math.max(a, b), 0),
      cpu_ms: cpuMs,
      cpu_ns_per_timer: (cpuMs * 1e6) / n,
    },
  });
}

/** Whoever waits for all of them counts, in every subject: joining is what task/spawn measures. */
async function run(delays, start) {
  const lateMs = new Float64Array(delays.length).fill(Number.NaN);
  const { promise: all, resolve } = deferred();
  let left = delays.length;
  const from = now();
  const started = start(
    delays,
    (i) => now() + delays[i],
    (i, due) => {
      lateMs[i] = now() - due;
      if (--left === 0) resolve();
    },
  );
  await Promise.all([started, all]);
  return { ms: now() - from, lateMs };
}

const onTokiwa = (start) => ({
  async run(params) {
    const tokiwa = await import("tokiwa");
    const runtime = await tokiwa.Runtime.create({ flavor: "currentThread" });
    return runtime.run(() => measured(params, (...args) => start(tokiwa, ...args)));
  },
});

const generators = onTokiwa(({ spawn, sleep }, delays, arm, fired) => {
  function* task(ms, i) {
    const due = arm(i);
    yield* sleep(ms);
    fired(i, due);
  }
  delays.forEach((ms, i) => {
    spawn(task(ms, i));
  });
});

const asyncFunctions = onTokiwa(({ spawn, sleep }, delays, arm, fired) => {
  delays.forEach((ms, i) => {
    spawn(async () => {
      const due = arm(i);
      await sleep(ms);
      fired(i, due);
    });
  });
});

const timeouts = {
  run: (params) =>
    measured(params, (delays, arm, fired) => {
      delays.forEach((ms, i) => {
        const due = arm(i);
        setTimeout(() => fired(i, due), ms);
      });
    }),
};

const asyncTimeouts = {
  run: (params) =>
    measured(params, (delays, arm, fired) => {
      delays.forEach(async (ms, i) => {
        const due = arm(i);
        await new Promise((resolve) => setTimeout(resolve, ms));
        fired(i, due);
      });
    }),
};

const effect = {
  needs: ["npm"],
  async run(params) {
    const { fire } = await import("../peers/js/effect.mjs");
    return measured(params, fire);
  },
};

function deferred() {
  let resolve;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

const atMost = (metric, limit, subject = "tokiwa-generators") => ({
  subject,
  against: "setTimeout",
  metric,
  atMost: limit,
});

export default {
  about: "one timer armed and fired; percentiles are lateness, `early` must be 0",
  cases: [
    {
      params: { n: 100_000, firstMs: 1_000 },
      quick: { n: 10_000, firstMs: 100 },
      bars: [
        { subject: "tokiwa-generators", metric: "extra.early", atMost: 0, note: "never early" },
        { subject: "tokiwa-async", metric: "extra.early", atMost: 0, note: "never early" },
        { subject: "tokiwa-generators", metric: "extra.never", atMost: 0 },
        atMost("p99_us", 1),
        atMost("extra.cpu_ms", 1),
        { ...atMost("p99_us", undefined, "tokiwa-async"), against: "async-setTimeout" },
        { ...atMost("extra.cpu_ms", undefined, "tokiwa-async"), against: "async-setTimeout" },
      ],
    },
  ],
  subjects: {
    "tokiwa-generators": generators,
    "tokiwa-async": asyncFunctions,
    setTimeout: timeouts,
    "async-setTimeout": asyncTimeouts,
    effect,
    "tokio-ct": peer("tokio", "timers_fire", ({ n }) => ["--n", n, "--rt", "ct"]),
    go: peer("go", "timers_fire", ({ n }) => ["--n", n, "--procs", 1]),
  },
};
