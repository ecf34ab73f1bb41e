/** Runs tasks of guests. Each program stands beside its workload, and is built on demand. */
import { guestFile } from "../peers/build.mjs";
import { now, record } from "./measure.mjs";

/** As Tokio's peer and Go's have. */
export const WORKERS = 2;

/**
 * How long a program runs before it is measured. The engine compiles what is hot a second time, on
 * the very cores that the workers use, and has begun to after some 100,000 calls.
 */
const WARM_UP_MS = 700;

/**
 * A subject that runs the task `run` of `guest/PROGRAM.ts`, first with a tenth of the work until it
 * is warm. Its value is how many milliseconds it took, on the guest's own clock.
 *
 * @param program what to run
 * @param args (params, share) → its arguments, for a share of the work
 * @param count how many operations those are
 */
export function guest(program, args, count, workers = WORKERS) {
  return onRuntime(program, workers, async (spawn, tasks, params) => {
    await warmUp(() => spawn(tasks.run, ...args(params, 0.1)));
    const ms = await spawn(tasks.run, ...args(params, 1));
    return record({ n: count(params), ms });
  });
}

/** Does something until it is warm. */
export async function warmUp(body) {
  const start = now();
  while (now() - start < WARM_UP_MS) await body();
}

/** A subject that has its own way with a program's tasks. */
export function onRuntime(program, workers, body) {
  return {
    needs: [`guest/${program}`],
    async run(params) {
      const { Runtime } = await import("tokiwa");
      const runtime = await Runtime.create({ workerThreads: workers });
      const tasks = await runtime.load(guestFile(program));
      const spawn = (task, ...args) => runtime.spawn(task, ...args);
      return runtime.run(() => body(spawn, tasks, params, runtime));
    },
  };
}

/** Bars against Tokio: its time, and ours, for one operation. */
export const atMost = (limit, against = "tokio", metric = "ns_per_op") => ({
  subject: "tokiwa",
  against,
  metric,
  atMost: limit,
});

export const atLeast = (limit, against = "tokio") => ({
  subject: "tokiwa",
  against,
  metric: "ops_per_s",
  atLeast: limit,
});

/** A whole number of operations. */
export const part = (n, share) => Math.ceil(n * share);

/** How long something took, from outside of the guest. */
export async function elapsedMs(body) {
  const from = now();
  await body();
  return now() - from;
}
