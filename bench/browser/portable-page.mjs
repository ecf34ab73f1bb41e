/** What the page does: the same closed loop, over tokiwa and over Comlink. */
import { Runtime, spawn } from "tokiwa";
import { closedLoop } from "../harness/closed-loop.mjs";
import { increment } from "../task/portable-tasks.mjs";

const WORKERS = 2;

export async function tokiwa(params) {
  const runtime = await Runtime.create({ workerThreads: WORKERS });
  return runtime.run(() => closedLoop((x) => spawn(increment, x), params));
}

/** The workers by turns: Comlink has no pool. */
export async function comlink(params) {
  const { wrap } = await import("../peers/node_modules/comlink/dist/esm/comlink.mjs");
  const script = new URL("../peers/js/comlink-worker.mjs", import.meta.url);
  const workers = Array.from({ length: WORKERS }, () => {
    return wrap(new Worker(script, { type: "module" }));
  });
  let next = 0;
  return closedLoop((x) => workers[next++ % WORKERS].increment(x), params);
}
