/** The two tasks of the wake bench; workers import this module. */
import { threadId } from "node:worker_threads";
import { spawn, task } from "tokiwa";
import { clockNs, spinFor, Wakes } from "../harness/measure.mjs";

/** Computes for a while, then says when and where it ended: its end wakes who joins it. */
export const waker = task(import.meta, "waker", (spinUs) => {
  spinFor(spinUs);
  return [threadId, clockNs()];
});

/**
 * Joins a waker again and again; the latencies (µs) of those that ran on another worker, which has
 * `takeUs` to take each.
 */
export const sleeper = task(import.meta, "sleeper", async ({ warm, rounds, takeUs, spinUs }) => {
  const wakes = new Wakes();
  for (let i = 0; i < warm; i++) await spawn(waker, 0);
  for (let i = 0; i < rounds; i++) {
    const handle = spawn(waker, spinUs);
    spinFor(takeUs);
    wakes.sleep();
    const [thread, stamp] = await handle;
    if (thread !== threadId) wakes.wake(stamp);
  }
  return wakes.latencies;
});
