/** The CPU time of a runtime that has work pending and nothing to do. */
import { record } from "../harness/measure.mjs";

const SLEEPERS = 1_000;
const TASKS_BEFORE = 1_000;

/** CPU and wall time of `wait()`, in which nothing is to happen. */
async function measured(wait) {
  const start = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  await wait();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const cpuUs = user + system;
  return record({
    n: 1,
    nsPerOp: (cpuUs * 1000) / seconds,
    extra: { cpu_percent: cpuUs / seconds / 1e4, seconds },
  });
}

/** Two workers that had work just before, a listener in accept, a thousand sleeps. */
const tokiwa = (reactor) => ({
  env: { TOKIWA_REACTOR: reactor },
  async run({ seconds }) {
    const { Runtime, sleep, spawn } = await import("tokiwa");
    const { TcpListener } = await import("tokiwa/net");
    const { increment } = await import("../task/portable-tasks.mjs");
    const runtime = await Runtime.create({ workerThreads: 2 });
    return runtime.run(async () => {
      const listener = await TcpListener.bind("127.0.0.1:0");
      spawn(async () => listener.accept());
      for (let i = 0; i < SLEEPERS; i++) {
        spawn(function* () {
          yield* sleep(3_600_000);
        });
      }
      await Promise.all(Array.from({ length: TASKS_BEFORE }, (_, i) => spawn(increment, i)));
      await sleep(200);
      return measured(() => sleep(seconds * 1000));
    });
  },
});

/** The same with Node's own means: a listening socket and a thousand timers. */
const plainNode = {
  async run({ seconds }) {
    const { createServer } = await import("node:net");
    await new Promise((resolve) => createServer().listen(0, "127.0.0.1", resolve));
    for (let i = 0; i < SLEEPERS; i++) setTimeout(() => {}, 3_600_000);
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    await pause(200);
    return measured(() => pause(seconds * 1000));
  },
};

const idle = (subject) => ({ subject, metric: "extra.cpu_percent", atMost: 1, note: "of a core" });

export default {
  about: "CPU time (ns) in one second of doing nothing; cpu_percent is the share of a core",
  cases: [
    {
      params: { seconds: 5 },
      quick: { seconds: 0.5 },
      bars: [idle("tokiwa-linux"), idle("tokiwa-std")],
    },
  ],
  subjects: {
    "tokiwa-linux": tokiwa("linux"),
    "tokiwa-std": tokiwa("std"),
    node: plainNode,
  },
};
