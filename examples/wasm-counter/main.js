// Ten Wasm tasks on all workers, and a mutex that they share: nothing is counted twice, or lost.
//
//   node examples/wasm-counter/main.js [times]

import { fileURLToPath } from "node:url";
import { buildGuest } from "tokiwa/build";
import { Runtime } from "tokiwa/runtime";

const TASKS = 10;

const source = new URL("counter.as.ts", import.meta.url);
const module = new URL("counter.wasm", import.meta.url);

// The same as `npx tokiwa build counter.as.ts -o counter.wasm`, which a program would do once.
await buildGuest({ entry: fileURLToPath(source), outFile: fileURLToPath(module) });

const times = Number(process.argv[2] ?? 10_000);
const runtime = await Runtime.create();
try {
  const { count } = await runtime.load(module);
  const began = performance.now();
  const total = await runtime.spawn(count, TASKS, times);
  const elapsed = (performance.now() - began).toFixed(0);
  console.log(`${TASKS} tasks have counted to ${total} in ${elapsed} ms`);
} finally {
  await runtime.shutdown();
}
