/**
 * The workloads, in the order of the table. Each file has the path of the room it measures
 * and exports:
 *
 *   about     one sentence: what one operation is
 *   cases     [{ params, quick, subjects?, bars }]: `quick` replaces params in smoke runs;
 *             without `subjects` all of them run
 *   subjects  { name: { needs, env, run(params) → record } }: `needs` are peers to build first
 *   prepare   optional, once a run: params that depend on the machine
 *
 * A bar is { subject, metric, against?, atLeast? | atMost? }: the figure of `subject`, divided by
 * that of `against` if given, is at least or at most so much. Without a limit it is only reported.
 */
export const workloads = [
  "net/echo",
  "net/cpu-handler",
  "task/portable",
  "browser/portable",
  "browser/long-task",
  "task/spawn",
  "task/yield",
  "sync/broadcast",
  "future/select",
  "sync/channel",
  "sync/oneshot",
  "sync/mutex",
  "sync/given-up",
  "time/cancel",
  "time/fire",
  "time/memory",
  "guest/yield",
  "guest/spawn",
  "guest/spawn-many",
  "guest/ping-pong",
  "guest/chained-spawn",
  "guest/tree",
  "guest/mpsc",
  "guest/oneshot",
  "guest/notify",
  "guest/mutex",
  "guest/imbalance",
  "guest/sleepers",
  "guest/timers",
  "guest/wake",
  "guest/compute",
  "guest/echo",
  "guest/mandelbrot",
  "runtime/start",
  "runtime/wake",
  "runtime/idle-cpu",
];

export const workloadFile = (name) => new URL(`./${name}.mjs`, import.meta.url).href;
