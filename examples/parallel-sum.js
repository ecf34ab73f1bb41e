// Portable tasks: the same function on every core, stolen by whichever worker is free.
//
//   node examples/parallel-sum.js [numbers]

import { Handle, main, spawn, task } from "tokiwa";

const CHUNK = 250_000;

/** Sums a part of the sequence; runs on any worker, so it gets all it needs as arguments. */
export const sumOfRoots = task(import.meta, "sumOfRoots", (from, to) => {
  let sum = 0;
  for (let n = from; n < to; n++) sum += Math.sqrt(n);
  return sum;
});

await main(async () => {
  const count = Number(process.argv[2] ?? 10_000_000);
  const began = performance.now();

  const parts = [];
  for (let from = 0; from < count; from += CHUNK) {
    parts.push(spawn(sumOfRoots, from, Math.min(from + CHUNK, count)));
  }
  let sum = 0;
  for (const part of parts) sum += await part;

  const { metrics } = Handle.current();
  const elapsed = (performance.now() - began).toFixed(0);
  console.log(`sum of ${count} roots: ${sum.toFixed(3)}`);
  console.log(`${parts.length} tasks on ${metrics.workers} workers in ${elapsed} ms`);
});
