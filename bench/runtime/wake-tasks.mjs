/** The two tasks of the wake bench; workers import this module. */
import { threadId } from "node:worker_threads";
import { spawn, task } from "tokiwa";
import { clockNs, spinFor } from "../harness/measure.mjs";

/** Long enough for the other worker to take the task that we spawned. */
const TAKE_US = 200;

/** Computes for a while, then says when and where it ended: its end wakes who joins it. */
export const waker = task(import.meta, "waker", (spinUs) => {
  spinFor(spinUs);
  return [threadId, clockNs()];
});

/** Joins a waker again and again; the latencies (µs) of those that ran on another worker. */
export const sleeper = task(import.meta, "sleeper", async (rounds, spinUs) => {
  const latencies = [];
  for (let i = 0; i < rounds; i++) {
    const handle = spawn(waker, spinUs);
    spinFor(TAKE_US);
    const [thread, stamp] = await handle;
    const woken = clockNs();
    if (thread !== threadId) latencies.push((woken - stamp) / 1000);
  }
  return latencies;
});
